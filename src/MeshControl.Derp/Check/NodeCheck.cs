using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MeshControl.Derp.Client;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Check;

/// <summary>Reaches a relay in all the ways in which clients do, and says what is wrong.</summary>
public sealed class NodeCheck
{
    /// <summary>Let's Encrypt renews with 30 days left; with half of that, nobody does.</summary>
    public static readonly TimeSpan ExpiryWarning = TimeSpan.FromDays(14);

    private const int CaptivePort = 80;

    private static readonly AddressFamily[] Families = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    private readonly DerpNode _node;
    private readonly TimeProvider _time;
    private readonly List<NodeFinding> _findings = [];
    private NodeReport _report;

    private NodeCheck(DerpNode node, TimeProvider time) => (_node, _time, _report) = (node, time, new NodeReport(node));

    public static async Task<NodeReport> RunAsync(DerpNode node, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(node);
        var check = new NodeCheck(node, time);
        if (!node.StunOnly)
        {
            await check.CheckRelayAsync(cancellationToken);
        }

        if (node.StunPort >= 0)
        {
            await check.CheckStunAsync(cancellationToken);
        }

        if (node.CanPort80)
        {
            await check.CheckPort80Async(cancellationToken);
        }

        return check._report with { Findings = check._findings };
    }

    private async Task CheckRelayAsync(CancellationToken cancellationToken)
    {
        var probes = await Task.WhenAll(Families
            .Where(family => !NodeAddresses.IsOff(_node, family))
            .Select(family => RelayProbe.RunAsync(_node, family, _time, cancellationToken)));
        var working = probes.Where(probe => probe.Failure is null).OrderBy(probe => probe.Connect).ToList();
        var failed = probes.Where(probe => probe.Failure is not null).ToList();
        if (working.Count == 0)
        {
            // That a name has no address of one family says little beside what happened with the other.
            var telling = failed.Find(probe => probe.Failure!.Fault != RelayFault.NameUnknown) ?? failed[0];
            Find(isFatal: true, telling.Failure!.Message, RelayRemedies.For(telling.Failure.Fault, _node));
            return;
        }

        foreach (var probe in failed.Where(probe => probe.Failure!.Fault != RelayFault.NameUnknown))
        {
            var name = NameOf(probe.Family);
            Find(
                isFatal: false,
                $"By {name} there is no connection: {probe.Failure!.Message}",
                $"If this machine has {name} itself: {RelayRemedies.For(probe.Failure.Fault, _node)} Or write {name.ToLowerInvariant()}: none.");
        }

        var best = working[0];
        _report = _report with { Connect = best.Connect, CertificateEnd = best.CertificateEnd, Key = best.Key };
        if (working.Select(probe => probe.Key).OfType<DerpPublicKey>().Distinct().Count() > 1)
        {
            Find(
                isFatal: false,
                "By IPv4 and IPv6 there are two relays with different keys.",
                "Give each relay a node of its own; a load balancer before several relays separates clients from each other.");
        }

        if (best.CertificateEnd is { } end && end - _time.GetUtcNow() < ExpiryWarning && !_node.InsecureForTests)
        {
            Find(
                isFatal: false,
                string.Create(CultureInfo.InvariantCulture, $"Its certificate expires on {end:yyyy-MM-dd HH:mm} UTC."),
                "Renew it; clients refuse the relay from then on.");
        }

        await CheckLatencyAsync(best.Family, cancellationToken);
    }

    private async Task CheckLatencyAsync(AddressFamily family, CancellationToken cancellationToken)
    {
        var opened = await RelayTransport.OpenAsync(NodeAddresses.Endpoint(_node, family), _time, cancellationToken);
        var (latency, problem) = opened.Succeeded
            ? await HttpProbe.LatencyAsync(opened.Value, _time, cancellationToken)
            : (null, opened.Failure.Message.TrimEnd('.'));
        _report = _report with { Https = latency };
        if (problem is not null)
        {
            Find(
                isFatal: false,
                $"Asked for /derp/latency-check over HTTPS, {problem}.",
                "Let that path reach the relay: clients without UDP choose their home by it.");
        }
    }

    private async Task CheckStunAsync(CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(Families.Select(family => AskStunAsync(family, cancellationToken)));
        _report = _report with { StunV4 = answers[0].Latency, StunV6 = answers[1].Latency };
        var isAnswered = answers.Any(answer => answer.Latency is not null);
        foreach (var (family, _, _, error) in answers.Where(answer => answer.IsAsked && answer.Latency is null))
        {
            // A machine without the family learns nothing about the relay, as long as the other one works.
            var isOurs = error is SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.AddressNotAvailable;
            if (!(isAnswered && isOurs))
            {
                Find(_node.StunOnly && !isAnswered, $"By {NameOf(family)} there is no answer to STUN.", StunRemedy());
            }
        }

        if (!answers.Any(answer => answer.IsAsked))
        {
            Find(
                _node.StunOnly,
                $"The name {_node.HostName} has no address to ask for STUN.",
                "Add the name to DNS, or write ipv4 and ipv6 into the map.");
        }
    }

    private async Task<(AddressFamily Family, bool IsAsked, TimeSpan? Latency, SocketError? Error)> AskStunAsync(
        AddressFamily family, CancellationToken cancellationToken)
    {
        var address = NodeAddresses.IsOff(_node, family) ? null : await NodeAddresses.FindAsync(_node, family, cancellationToken);
        if (address is null)
        {
            return (family, false, null, null);
        }

        var (latency, error) = await StunProbe.AskAsync(new IPEndPoint(address, NodeAddresses.StunPortOf(_node)), _time, cancellationToken);
        return (family, true, latency, error);
    }

    private string StunRemedy() => string.Create(
        CultureInfo.InvariantCulture,
        $"Let UDP {NodeAddresses.StunPortOf(_node)} reach the relay, and its answers leave from the same address; if it answers none, write stunport: -1.");

    private async Task CheckPort80Async(CancellationToken cancellationToken)
    {
        var address = await NodeAddresses.FindAsync(_node, AddressFamily.InterNetwork, cancellationToken);
        var problem = address is null
            ? "it has no IPv4 address, by which clients would ask"
            : await HttpProbe.CaptivePortalAsync(address, CaptivePort, _time, cancellationToken);
        _report = _report with { Port80 = problem is null };
        if (problem is not null)
        {
            Find(
                isFatal: false,
                $"Asked for /generate_204 on port 80, {problem}.",
                "Let TCP 80 reach the relay without redirects, or leave canport80 out.");
        }
    }

    private void Find(bool isFatal, string message, string remedy) => _findings.Add(new NodeFinding(isFatal, message, remedy));

    private static string NameOf(AddressFamily family) => family == AddressFamily.InterNetwork ? "IPv4" : "IPv6";
}
