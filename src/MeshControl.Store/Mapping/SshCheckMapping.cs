using MeshControl.Core.Model;
using MeshControl.Core.SshChecks;
using MeshControl.Store.Rows;

namespace MeshControl.Store.Mapping;

internal static class SshCheckMapping
{
    public static SshCheckRow ToRow(this SshCheck check) => new()
    {
        Number = check.Number,
        AuthId = check.Id,
        TailnetId = check.Login.Tailnet.Value,
        SourceId = check.Login.Source.Value,
        OwnerId = check.Login.Owner?.Value,
        DestinationId = check.Login.Destination.Value,
        LocalUser = check.Login.User,
        CreatedAt = Microseconds.Of(check.CreatedAt),
        ApprovedAt = Microseconds.Of(check.ApprovedAt),
    };

    public static SshCheck ToModel(this SshCheckRow row) => new()
    {
        Number = row.Number,
        Id = row.AuthId,
        Login = new SshLogin(
            new TailnetId(row.TailnetId),
            new NodeId(row.SourceId),
            row.OwnerId is { } owner ? new UserId(owner) : null,
            new NodeId(row.DestinationId),
            row.LocalUser),
        CreatedAt = Microseconds.ToTime(row.CreatedAt),
        ApprovedAt = Microseconds.ToTime(row.ApprovedAt),
    };
}
