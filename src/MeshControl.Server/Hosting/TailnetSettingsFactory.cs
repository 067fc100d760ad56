using System.Collections.Immutable;
using System.Net.Sockets;
using MeshControl.Core.Addresses;
using MeshControl.Core.Maps;
using MeshControl.Core.Policies;
using MeshControl.Core.Tailnets;
using MeshControl.Policy.Approval;
using MeshControl.Protocol.Control;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Listeners;

namespace MeshControl.Server.Hosting;

/// <summary>What the configuration means to a tailnet.</summary>
internal static class TailnetSettingsFactory
{
    /// <param name="options">What the operator wants.</param>
    /// <param name="relays">What came of the relay maps.</param>
    public static TailnetSettings From(ServerOptions options, DerpMap relays) => new()
    {
        BaseDomain = options.Dns.BaseDomain,
        ChannelUrl = Machine.ChannelUrl.OriginOf(options.ServerUrl),
        Addresses = new AddressPlan(
            options.Prefixes.V4,
            options.Prefixes.V6,
            options.Prefixes.Allocation == PrefixAllocation.Random ? AddressStrategy.Random : AddressStrategy.Sequential),
        Dns = new DnsSettings
        {
            MagicDns = options.Dns.MagicDns,
            OverrideLocalDns = options.Dns.OverrideLocalDns,
            GlobalResolvers = [.. options.Dns.GlobalNameservers],
            SplitResolvers = options.Dns.SplitNameservers.ToImmutableDictionary(
                split => split.Domain, split => split.Nameservers.ToImmutableArray()),
            SearchDomains = [.. options.Dns.SearchDomains],
            ExtraRecords =
            [
                .. options.Dns.ExtraRecords.Select(record => new DnsRecord
                {
                    Name = record.Name,
                    Type = record.Value.AddressFamily == AddressFamily.InterNetworkV6 ? "AAAA" : "A",
                    Value = record.Value.ToString(),
                }),
            ],
        },
        DerpMap = relays,
        PolicyMode = options.Policy.Mode,
        PolicyPath = options.Policy.Mode == PolicyMode.File ? options.Policy.Path : null,
        PolicyDomains = [.. options.Policy.Domains],
        NodeExpiry = options.Node.Expiry,
        ApprovalRequired = options.Node.ApprovalRequired,
        Approved = ApprovedDevices.Of(options.Node.ApprovalExempt),
        EphemeralTimeout = options.Node.EphemeralInactivityTimeout,
        OfflineGrace = new OfflineBudget(options.Node.OfflineAfter).Grace,
        Taildrop = options.Features.Taildrop,
        AutoUpdate = options.Features.AutoUpdate,
        LogTail = options.Features.Logtail,
    };
}
