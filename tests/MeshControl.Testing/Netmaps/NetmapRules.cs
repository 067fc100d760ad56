using System.Collections.Immutable;
using MeshControl.Protocol.Control;

namespace MeshControl.Testing.Netmaps;

/// <summary>
/// How a stock client changes its netmap by one message of a stream, step by step in its order. What a client ignores is
/// ignored here too, so that a server's mistake shows in a test as it would on a host.
/// </summary>
/// <param name="version">Capability version of the client whose rules hold.</param>
/// <param name="time">Says when a peer that is reported as seen was seen.</param>
/// <param name="pool">Shares what comes of the same changes at other nodes; null for a node that stands alone.</param>
public sealed class NetmapRules(int version, TimeProvider time, NetmapPool? pool = null)
{
    private const string BaseFilter = "base";
    private const string Everything = "*";

    private readonly PeerRules _peers = new(version, time, pool);

    /// <param name="current">The netmap so far; null before a stream's first message.</param>
    /// <param name="message">A message of the stream.</param>
    /// <exception cref="InvalidDataException">A client would break the stream off.</exception>
    public Netmap? Apply(Netmap? current, MapResponse message)
    {
        if (message.KeepAlive)
        {
            // Whatever else it carries is lost, but for these.
            return current is null ? null : current with
            {
                ControlTime = message.ControlTime ?? current.ControlTime,
                DialPlan = message.ControlDialPlan ?? current.DialPlan,
            };
        }

        if (current is null && message.Node is null)
        {
            throw new InvalidDataException("initial MapResponse lacked node");
        }

        current ??= new Netmap { Self = message.Node! };
        return current with
        {
            Self = message.Node ?? current.Self,
            Peers = _peers.Apply(current.Peers, message),
            Users = AddUsers(current.Users, message.UserProfiles),
            Filters = ReplaceFilters(current.Filters, message),
            Derp = ReplaceDerp(current.Derp, message.DerpMap),
            Dns = message.DnsConfig ?? current.Dns,
            Domain = string.IsNullOrEmpty(message.Domain) ? current.Domain : message.Domain,
            CollectServices = message.CollectServices ?? current.CollectServices,
            Ssh = message.SshPolicy ?? current.Ssh,
            Health = message.Health ?? current.Health,
            DisplayMessages = ChangeDisplayMessages(current.DisplayMessages, message.DisplayMessages),
            Tka = message.TkaInfo ?? current.Tka,
            DialPlan = message.ControlDialPlan ?? current.DialPlan,
            Debug = message.Debug ?? current.Debug,
            ControlTime = message.ControlTime ?? current.ControlTime,
            Messages = current.Messages + 1,
        };
    }

    private static ImmutableDictionary<long, UserProfile> AddUsers(
        ImmutableDictionary<long, UserProfile> users, WireList<UserProfile>? added) =>
        added is null ? users : users.SetItems(added.Select(user => KeyValuePair.Create(user.Id, user)));

    private static ImmutableSortedDictionary<string, WireList<FilterRule>> ReplaceFilters(
        ImmutableSortedDictionary<string, WireList<FilterRule>> filters, MapResponse message)
    {
        if (message.PacketFilter is { } unnamed)
        {
            filters = filters.SetItem(BaseFilter, unnamed);
        }

        if (message.PacketFilters is not { } named)
        {
            return filters;
        }

        if (named.TryGetValue(Everything, out var all) && all is null)
        {
            filters = filters.Clear();
        }

        foreach (var (name, rules) in named)
        {
            if (name != Everything)
            {
                filters = rules is null ? filters.Remove(name) : filters.SetItem(name, rules);
            }
        }

        return filters;
    }

    private static DerpMap? ReplaceDerp(DerpMap? current, DerpMap? change)
    {
        if (change is null || current is null)
        {
            return change ?? current;
        }

        return change with
        {
            Regions = change.Regions ?? current.Regions,
            HomeParams = change.HomeParams?.RegionScore is null ? current.HomeParams : change.HomeParams,
        };
    }

    private static ImmutableSortedDictionary<string, DisplayMessage> ChangeDisplayMessages(
        ImmutableSortedDictionary<string, DisplayMessage> messages, WireMap<string, DisplayMessage?>? changes)
    {
        if (changes is null)
        {
            return messages;
        }

        if (changes.TryGetValue(Everything, out var all) && all is null)
        {
            messages = messages.Clear();
        }

        foreach (var (id, message) in changes)
        {
            if (id != Everything)
            {
                messages = message is null ? messages.Remove(id) : messages.SetItem(id, message);
            }
        }

        return messages;
    }
}
