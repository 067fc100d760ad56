using MeshControl.Core.Model;
using MeshControl.Core.Policies;
using MeshControl.Store.Rows;

namespace MeshControl.Store.Mapping;

internal static class PolicyMapping
{
    public static PolicyRow ToRow(this StoredPolicy policy, TailnetId tailnet) => new()
    {
        TailnetId = tailnet.Value,
        Version = policy.Version,
        Text = policy.Text,
        AcceptedAt = Microseconds.Of(policy.AcceptedAt),
        AcceptedBy = policy.AcceptedBy,
        Origin = (int)policy.Origin,
        RollbackOf = policy.RollbackOf,
    };

    public static StoredPolicy ToModel(this PolicyRow row) =>
        new(row.Version, row.Text, Microseconds.ToTime(row.AcceptedAt), row.AcceptedBy)
        {
            Origin = (PolicyOrigin)row.Origin,
            RollbackOf = row.RollbackOf,
        };
}
