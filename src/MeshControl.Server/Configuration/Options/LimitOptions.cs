using MeshControl.Core.Logins;

namespace MeshControl.Server.Configuration.Options;

/// <summary>
/// What peers may take of the server together. Nodes are counted globally and never by address: a thousand may sit behind one.
/// </summary>
public sealed record LimitOptions
{
    /// <summary>A million connections need more memory than the rest of the server is made for; it is a typing error.</summary>
    public const int MaxConnectionsLimit = 1_000_000;

    /// <summary>Below it not even the connections of a handful of nodes fit, each of which may hold three.</summary>
    public const int MinConnections = 16;

    /// <summary>More than people log in at one time anywhere, some 100 KiB each at worst.</summary>
    public const int MaxPendingLoginsLimit = 100_000;

    /// <summary>More than this is no limit.</summary>
    public const int MaxFailedRegistrationsLimit = 1_000_000;

    /// <summary>A round trip around the world and a lost packet fit into it; anything shorter refuses honest clients.</summary>
    public static readonly TimeSpan MinTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Longer ones let silent peers pile up, which is what they are to prevent.</summary>
    public static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Open connections of all public listeners together. A client holds one to three, so 10,000 nodes fit with all of theirs, and
    /// half of the descriptors that the service file allows.
    /// </summary>
    public int MaxConnections { get; init; } = 32_768;

    /// <summary>
    /// Of these, connections that have not shown yet that they belong to a node. All of 10,000 nodes may come back at the same moment,
    /// some of them twice because they try two ports.
    /// </summary>
    public int MaxPendingConnections { get; init; } = 16_384;

    /// <summary>
    /// How long each step up to the first request may take: TLS, a request's head, and the first request in a channel. Clients give a
    /// dial up after ten seconds.
    /// </summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a request's body may take to arrive, and an answer that is no stream to be fetched; both are small.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Devices that wait for somebody to decide about their login.</summary>
    public int MaxPendingLogins { get; init; } = LoginService.MaxPending;

    /// <summary>
    /// Registrations of one address that may fail, or begin a login of an unknown machine, at once and in a minute after that. A hundred
    /// containers behind one address that try a wrong key every half a minute stay below it.
    /// </summary>
    public int MaxFailedRegistrations { get; init; } = 300;
}
