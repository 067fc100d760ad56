using MeshControl.Core.Model;
using MeshControl.Store.Rows;

namespace MeshControl.Store.Mapping;

internal static class UserMapping
{
    public static UserRow ToRow(this User user, TailnetId tailnet) => new()
    {
        Id = user.Id.Value,
        TailnetId = tailnet.Value,
        Name = user.Name,
        DisplayName = user.DisplayName,
        Email = user.Email,
        PictureUrl = user.PictureUrl,
        CreatedAt = Microseconds.Of(user.CreatedAt),
    };

    public static User ToModel(this UserRow row) => new()
    {
        Id = new UserId(row.Id),
        Name = row.Name,
        DisplayName = row.DisplayName,
        Email = row.Email,
        PictureUrl = row.PictureUrl,
        CreatedAt = Microseconds.ToTime(row.CreatedAt),
    };
}
