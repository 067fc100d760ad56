using System.Globalization;
using System.Text.Json.Nodes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Output;

namespace MeshControl.Cli.Policies;

/// <summary>Versions of the policy as they are shown.</summary>
internal static class PolicyVersionView
{
    public static IReadOnlyList<Column<PolicyVersion>> Columns { get; } =
    [
        new("Version", policy => Number(policy.Version)),
        new("Accepted", policy => TimeText.Show(policy.AcceptedAt)),
        new("By", policy => policy.AcceptedBy, Rank: 2),
        new("Size", policy => Number(policy.Size), Rank: 1),
        new("Text of", policy => policy.RollbackOf == 0 ? "" : Number(policy.RollbackOf), Rank: 3),
        new("In force", policy => policy.InForce ? new Cell("yes", Tint.Good) : ""),
    ];

    public static JsonObject ToJson(PolicyVersion policy) => new()
    {
        ["version"] = policy.Version,
        ["accepted_at"] = TimeText.ToJson(policy.AcceptedAt),
        ["accepted_by"] = policy.AcceptedBy,
        ["size"] = policy.Size,
        ["in_force"] = policy.InForce,
        ["rollback_of"] = policy.RollbackOf == 0 ? null : policy.RollbackOf,
    };

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
