using MeshControl.Derp.Check;
using MeshControl.Protocol.Control;

namespace MeshControl.Server;

/// <summary>Reaches relays as clients do, from the machine that it runs on. Needs no running server.</summary>
public static class RelayCheck
{
    /// <summary>Enough to be quick, and too few to be in each other's way.</summary>
    private const int AtOnce = 8;

    /// <returns>A report for each node, in the order of the map.</returns>
    public static async Task<IReadOnlyList<RelayReport>> RunAsync(
        IReadOnlyList<DerpRegion> regions, TimeProvider time, CancellationToken cancellationToken)
    {
        var nodes = regions.SelectMany(region => region.Nodes!.Select(node => (region.RegionId, Node: node))).ToArray();
        var reports = new RelayReport[nodes.Length];
        await Parallel.ForAsync(
            0,
            nodes.Length,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (i, token) => reports[i] = Describe(nodes[i].RegionId, await NodeCheck.RunAsync(nodes[i].Node, time, token)));
        return reports;
    }

    private static RelayReport Describe(int region, NodeReport report) => new(region, report.Node.Name, report.IsUsable)
    {
        Connect = report.Connect,
        Https = report.Https,
        StunV4 = report.StunV4,
        StunV6 = report.StunV6,
        CertificateEnd = report.CertificateEnd,
        Key = report.Key?.ToString(),
        Port80 = report.Port80,
        Errors = Sentences(report, isFatal: true),
        Warnings = Sentences(report, isFatal: false),
    };

    private static string[] Sentences(NodeReport report, bool isFatal) =>
        [.. report.Findings.Where(finding => finding.IsFatal == isFatal).Select(finding => $"{finding.Message} {finding.Remedy}")];
}
