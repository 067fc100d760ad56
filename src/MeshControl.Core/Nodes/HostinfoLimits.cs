using MeshControl.Core.Keys;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Nodes;

/// <summary>
/// How much one node may say of itself. What it says is kept for good, and part of it goes to every peer, so a single client could
/// make everybody's map large. What is too much is cut off and not refused: a client whose Hostinfo is refused does not come up.
/// </summary>
internal static class HostinfoLimits
{
    /// <summary>Characters of any text, such as a model or a version. Longer ones of real devices are push tokens, which end below.</summary>
    public const int MaxTextLength = 512;

    /// <summary>Characters of an SSH host key: an RSA key of 16,384 bits fits.</summary>
    public const int MaxHostKeyLength = 3072;

    /// <summary>SSH host keys: one for each algorithm there is, and room for more.</summary>
    public const int MaxHostKeys = 8;

    /// <summary>Services. Clients announce three of the peer API; all others only if a server asks for them.</summary>
    public const int MaxServices = 64;

    /// <summary>Advertised routes: app connectors advertise one for each address that they learn.</summary>
    public const int MaxRoutes = 1024;

    /// <summary>Hardware addresses to be woken up by: one for each network card.</summary>
    public const int MaxWolMacs = 32;

    /// <summary>Measured relays: two for each region, and no relay map has a hundred regions.</summary>
    public const int MaxLatencies = 256;

    /// <summary>The Hostinfo within the limits; the same object if it was.</summary>
    public static Hostinfo Apply(Hostinfo hostinfo)
    {
        var bounded = hostinfo with
        {
            IpnVersion = Text(hostinfo.IpnVersion),
            FrontendLogId = Text(hostinfo.FrontendLogId),
            BackendLogId = Text(hostinfo.BackendLogId),
            Os = Text(hostinfo.Os),
            OsVersion = Text(hostinfo.OsVersion),
            Env = Text(hostinfo.Env),
            Distro = Text(hostinfo.Distro),
            DistroVersion = Text(hostinfo.DistroVersion),
            DistroCodeName = Text(hostinfo.DistroCodeName),
            App = Text(hostinfo.App),
            Package = Text(hostinfo.Package),
            DeviceModel = Text(hostinfo.DeviceModel),
            PushDeviceToken = Text(hostinfo.PushDeviceToken),
            Hostname = Text(hostinfo.Hostname),
            Machine = Text(hostinfo.Machine),
            GoArch = Text(hostinfo.GoArch),
            GoArchVar = Text(hostinfo.GoArchVar),
            GoVersion = Text(hostinfo.GoVersion),
            Cloud = Text(hostinfo.Cloud),
            ServicesHash = Text(hostinfo.ServicesHash),
            ExitNodeId = Text(hostinfo.ExitNodeId),
            RoutableIps = hostinfo.RoutableIps is { Count: > MaxRoutes } routes ? Routes(routes) : hostinfo.RoutableIps,
            RequestTags = hostinfo.RequestTags is { } tags && !AreFine(tags, TagNames.MaxTags)
                ? WireSet.CopyOf(Texts(tags, TagNames.MaxTags, MaxTextLength))
                : hostinfo.RequestTags,
            WolMacs = List(hostinfo.WolMacs, MaxWolMacs, MaxTextLength),
            SshHostKeys = List(hostinfo.SshHostKeys, MaxHostKeys, MaxHostKeyLength),
            Services = Services(hostinfo.Services),
            NetInfo = hostinfo.NetInfo is { } netInfo ? Apply(netInfo) : null,
            Tpm = hostinfo.Tpm is { } tpm ? Apply(tpm) : null,
        };

        // Sets are equal whatever is repeated in them, and a repetition that was cut off must not come back.
        var isSame = bounded.Equals(hostinfo)
            && bounded.RoutableIps?.Count == hostinfo.RoutableIps?.Count
            && bounded.RequestTags?.Count == hostinfo.RequestTags?.Count;
        return isSame ? hostinfo : bounded;
    }

    private static NetInfo Apply(NetInfo netInfo) => netInfo with
    {
        LinkType = Text(netInfo.LinkType),
        FirewallMode = Text(netInfo.FirewallMode),
        DerpLatency = netInfo.DerpLatency is { } latency && (latency.Count > MaxLatencies || latency.Any(entry => IsTooLong(entry.Key)))
            ? WireMap.CopyOf(latency.Where(entry => !IsTooLong(entry.Key)).Take(MaxLatencies))
            : netInfo.DerpLatency,
    };

    private static TpmInfo Apply(TpmInfo tpm) => tpm with
    {
        Manufacturer = Text(tpm.Manufacturer),
        Vendor = Text(tpm.Vendor),
        FamilyIndicator = Text(tpm.FamilyIndicator),
    };

    /// <summary>
    /// Equal sets keep the same routes, whatever order they were sent in: wider prefixes first, then IPv4 before IPv6, then by address.
    /// Single addresses come last, since app connectors learn those by the thousand; default routes and subnets are chosen by somebody.
    /// </summary>
    private static WireSet<IpPrefix> Routes(WireSet<IpPrefix> routes) => WireSet.CopyOf(
        routes.Distinct().OrderBy(route => route.IsSingleAddress).ThenBy(route => route.Length).ThenBy(route => route).Take(MaxRoutes));

    private static WireList<Service>? Services(WireList<Service>? services) =>
        services is null || (services.Count <= MaxServices && !services.Any(service => IsTooLong(service.Proto) || IsTooLong(service.Description)))
            ? services
            : WireList.CopyOf(services.Take(MaxServices).Select(service => service with
            {
                Proto = Text(service.Proto)!,
                Description = Text(service.Description),
            }));

    private static WireList<string>? List(WireList<string>? texts, int count, int length) =>
        texts is null || (texts.Count <= count && texts.All(text => text.Length <= length)) ? texts : WireList.CopyOf(Texts(texts, count, length));

    private static bool AreFine(IReadOnlyList<string> texts, int count) => texts.Count <= count && !texts.Any(IsTooLong);

    private static IEnumerable<string> Texts(IEnumerable<string> texts, int count, int length) =>
        texts.Take(count).Select(text => Cut(text, length));

    private static bool IsTooLong(string? text) => text is { Length: > MaxTextLength };

    private static string? Text(string? text) => text is null ? null : Cut(text, MaxTextLength);

    // Half a surrogate pair would be no text any more.
    private static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
