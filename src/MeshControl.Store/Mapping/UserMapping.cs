using MeshControl.Core.Model;
using MeshControl.Core.Users;
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
        Role = UserRoles.NumberOf(user),
        CreatedAt = Microseconds.Of(user.CreatedAt),
    };

    public static User ToModel(this UserRow row) => UserRoles.WithNumber(row.Role, new User
    {
        Id = new UserId(row.Id),
        Name = row.Name,
        DisplayName = row.DisplayName,
        Email = row.Email,
        PictureUrl = row.PictureUrl,
        CreatedAt = Microseconds.ToTime(row.CreatedAt),
    });
}
