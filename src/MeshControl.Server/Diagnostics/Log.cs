using MeshControl.Protocol.Noise;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Diagnostics;

/// <summary>Messages of the server: 4000–5999.</summary>
internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Warning,
        "A client's request for a channel came without an Upgrade header; a reverse proxy in between has to pass Upgrade and Connection on. "
        + "{More} more since this was last said")]
    public static partial void UpgradeHeaderMissing(ILogger logger, long more);

    [LoggerMessage(4001, LogLevel.Debug, "A handshake from {Address} was refused: {Result}")]
    public static partial void HandshakeRefused(ILogger logger, string address, HandshakeResult result);

    [LoggerMessage(4002, LogLevel.Information, "Machine {MachineKey} at {Address} was refused: {Reason}")]
    public static partial void RegistrationRefused(ILogger logger, string machineKey, string address, string reason);

    [LoggerMessage(4003, LogLevel.Information, "Node {Node} ({Name}) registered from {Address}")]
    public static partial void NodeRegistered(ILogger logger, long node, string name, string address);

    [LoggerMessage(4004, LogLevel.Debug, "Node {Node} opened a map stream from {Address} (client capability version {Version})")]
    public static partial void StreamOpened(ILogger logger, long node, string address, int version);

    [LoggerMessage(4005, LogLevel.Debug, "The map stream of node {Node} ended: {Reason}")]
    public static partial void StreamEnded(ILogger logger, long node, string reason);

    [LoggerMessage(4009, LogLevel.Information,
        "Many streams had begun at once; the heap was compacted in {Milliseconds} ms: {Before} MB of memory before, {After} MB after")]
    public static partial void HeapCompacted(ILogger logger, long milliseconds, long before, long after);

    [LoggerMessage(4006, LogLevel.Error, "A request to {Path} failed unexpectedly")]
    public static partial void RequestFailed(ILogger logger, string path, Exception exception);

    [LoggerMessage(4007, LogLevel.Debug, "Machine {MachineKey} says that it is unhealthy: {Subsystem}: {Error}")]
    public static partial void ClientUnhealthy(ILogger logger, string machineKey, string subsystem, string error);

    [LoggerMessage(4008, LogLevel.Debug, "Connection {Connection} failed")]
    public static partial void ConnectionFailed(ILogger logger, string connection, Exception exception);

    [LoggerMessage(4010, LogLevel.Information, "MeshControl {Version} serves {ServerUrl}, listening on {Address}")]
    public static partial void Listening(ILogger logger, string version, string serverUrl, string address);

    [LoggerMessage(4011, LogLevel.Information, "Data: {Database}; server key: {KeyPath}; administration: {Socket}")]
    public static partial void DataPlaces(ILogger logger, string database, string keyPath, string socket);

    [LoggerMessage(4016, LogLevel.Information, "MeshControl {Version} relays for {HostName}, listening on {Address}; its key is {Key}")]
    public static partial void RelayListening(ILogger logger, string version, string hostName, string address, string key);

    [LoggerMessage(4012, LogLevel.Information, "{Hint}")]
    public static partial void Hint(ILogger logger, string hint);

    [LoggerMessage(4013, LogLevel.Warning, "{Warning}")]
    public static partial void ConfigurationWarning(ILogger logger, string warning);

    [LoggerMessage(4014, LogLevel.Information, "Stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(4015, LogLevel.Information, "Metrics: http://{Address}/metrics")]
    public static partial void ListeningForMetrics(ILogger logger, string address);

    [LoggerMessage(4100, LogLevel.Information, "Certificate {Path} is valid until {Expiry:u}")]
    public static partial void CertificateLoaded(ILogger logger, string path, DateTimeOffset expiry);

    [LoggerMessage(4101, LogLevel.Information,
        "Certificate {Path} has changed; new connections get the one that is valid until {Expiry:u}")]
    public static partial void CertificateReplaced(ILogger logger, string path, DateTimeOffset expiry);

    [LoggerMessage(4102, LogLevel.Warning,
        "Certificate {Path} or its key {KeyPath} has changed and cannot be used: {Reason}; that which is valid until {Expiry:u} stays in use")]
    public static partial void CertificateKept(ILogger logger, string path, string keyPath, string reason, DateTimeOffset expiry);

    [LoggerMessage(4103, LogLevel.Warning, "Certificate {Path} expires on {Expiry:u}; renew it, the server takes the new one up by itself")]
    public static partial void CertificateExpiresSoon(ILogger logger, string path, DateTimeOffset expiry);

    [LoggerMessage(4104, LogLevel.Error, "Certificate {Path} expired on {Expiry:u}; renew it, the server takes the new one up by itself")]
    public static partial void CertificateExpired(ILogger logger, string path, DateTimeOffset expiry);

    [LoggerMessage(4300, LogLevel.Information, "Administration over the network: {Address}, {With} TLS")]
    public static partial void RemoteAdministration(ILogger logger, string address, string with);

    [LoggerMessage(4500, LogLevel.Warning,
        "There are {MaxPending} connections that belong to no node (limits.max_pending_connections) or {MaxOpen} in all "
        + "(limits.max_connections): the oldest was closed for a new one. {More} since this was last said")]
    public static partial void ConnectionEvicted(ILogger logger, int maxPending, int maxOpen, long more);

    [LoggerMessage(4501, LogLevel.Warning,
        "All {MaxOpen} connections (limits.max_connections) are taken by nodes: a new one was closed. Allow more, and as many file "
        + "descriptors. {More} since this was last said")]
    public static partial void ConnectionRefused(ILogger logger, int maxOpen, long more);

    [LoggerMessage(4502, LogLevel.Information, "{More} more registrations that were refused or need a login are not named, as there were so many")]
    public static partial void RefusalsLeftOut(ILogger logger, long more);

    [LoggerMessage(4301, LogLevel.Debug, "The admin call {Path} could not be read: {Reason}")]
    public static partial void AdminRequestUnreadable(ILogger logger, string path, string reason);

    [LoggerMessage(4302, LogLevel.Error, "The admin call {Path} failed unexpectedly")]
    public static partial void AdminCallFailed(ILogger logger, string path, Exception exception);

    [LoggerMessage(4303, LogLevel.Warning,
        "An administration call from {Address} was refused: {Reason} (since the last such line {Omitted} more were refused)")]
    public static partial void RemoteCallRefused(ILogger logger, string address, string reason, long omitted);

    [LoggerMessage(4400, LogLevel.Information, "Asked to stop")]
    public static partial void StopRequested(ILogger logger);

    [LoggerMessage(4401, LogLevel.Information, "Some connections did not end within {Limit} and were cut")]
    public static partial void ConnectionsCut(ILogger logger, TimeSpan limit);

    [LoggerMessage(4402, LogLevel.Error,
        "The database did not answer within {Limit}: commands that wait for it are given up, and what nodes reported in the last seconds is not "
        + "saved; clients will report it again")]
    public static partial void StateAbandoned(ILogger logger, TimeSpan limit);

    [LoggerMessage(4403, LogLevel.Error, "The server could not end in good order")]
    public static partial void StopFailed(ILogger logger, Exception exception);

    [LoggerMessage(4404, LogLevel.Error, "The server is stuck; the service manager is not told that it is alive")]
    public static partial void Stuck(ILogger logger);

    [LoggerMessage(4405, LogLevel.Information, "The configuration was loaded again; changed: {Keys}")]
    public static partial void Reloaded(ILogger logger, string keys);

    [LoggerMessage(4406, LogLevel.Information, "The configuration was loaded again; nothing has changed")]
    public static partial void ReloadedUnchanged(ILogger logger);

    [LoggerMessage(4407, LogLevel.Warning, "These keys have changed and need a restart of the server to take effect: {Keys}")]
    public static partial void RestartNeeded(ILogger logger, string keys);

    [LoggerMessage(4408, LogLevel.Error, "{Problem}")]
    public static partial void ReloadProblem(ILogger logger, string problem);

    [LoggerMessage(4409, LogLevel.Error, "The configuration was not loaded again; the server goes on with what it had")]
    public static partial void ReloadRefused(ILogger logger);

    [LoggerMessage(4410, LogLevel.Error, "The configuration could not be loaded again; what ran before goes on")]
    public static partial void ReloadFaulted(ILogger logger, Exception exception);

    [LoggerMessage(4600, LogLevel.Warning, "The relay map {Source} cannot be used: {Reason}. So {Consequence}; it is looked at again")]
    public static partial void RelayMapUnusable(ILogger logger, string source, string reason, string consequence);

    [LoggerMessage(4601, LogLevel.Information, "The relay map {Source} can be used again")]
    public static partial void RelayMapUsable(ILogger logger, string source);

    [LoggerMessage(4602, LogLevel.Information, "The relay map has changed; it has {Regions} regions, and clients are told")]
    public static partial void RelayMapChanged(ILogger logger, int regions);

    [LoggerMessage(4603, LogLevel.Warning,
        "The relay map {Source} wants no certificates checked for {Nodes}; they are checked all the same. If that is meant, "
        + "copy these regions to a file and name it in derp.paths")]
    public static partial void RelayMapChecksKept(ILogger logger, string source, string nodes);

    [LoggerMessage(4604, LogLevel.Warning,
        "There is no copy of the relay map {Sources} yet, and it did not come within {Limit}: the server starts without it and goes on asking; "
        + "clients that have no other relay do not come up until then")]
    public static partial void RelayMapLate(ILogger logger, string sources, TimeSpan limit);

    [LoggerMessage(4605, LogLevel.Warning,
        "The relay map {Source} cannot be kept in {Directory} ({Reason}): a start while it cannot be fetched would be one without it")]
    public static partial void RelayMapNotCopied(ILogger logger, string source, string directory, string reason);

    [LoggerMessage(4607, LogLevel.Warning,
        "No relay is left of those that the configuration names now; nodes keep the ones they were told of until there is one. "
        + "See derp.map, derp.paths and derp.urls; derp.server needs a restart")]
    public static partial void RelayMapEmpty(ILogger logger);

    [LoggerMessage(4606, LogLevel.Error, "The relay maps could not be looked at; what they said before stays, and they are looked at again")]
    public static partial void RelayMapLookFailed(ILogger logger, Exception exception);

    [LoggerMessage(4700, LogLevel.Error, "The policy file {Path} is not taken over: {Problem}. The policy in force stays; correct the file, it is looked at again")]
    public static partial void PolicyFileUnusable(ILogger logger, string path, string problem);

    [LoggerMessage(4701, LogLevel.Information, "The policy file {Path} is in order again; version {Version} is what it says")]
    public static partial void PolicyFileUsable(ILogger logger, string path, long version);

    [LoggerMessage(4702, LogLevel.Error,
        "The policy file {Path} cannot be used: {Problem}. The last policy that was accepted goes on, version {Version} of {AcceptedAt:u}; "
        + "correct the file, it is looked at again")]
    public static partial void PolicyFileUnusableAtStart(ILogger logger, string path, string problem, long version, DateTimeOffset acceptedAt);

    [LoggerMessage(4703, LogLevel.Error, "The policy file could not be looked at; the policy in force stays, and it is looked at again")]
    public static partial void PolicyFileLookFailed(ILogger logger, Exception exception);

    [LoggerMessage(4503, LogLevel.Information,
        "Machine {Machine} ({Hostname}) at {Address} asks to be let in; meshctl auth list shows it, and meshctl auth register lets it in")]
    public static partial void LoginBegun(ILogger logger, string machine, string hostname, string address);

    [LoggerMessage(4504, LogLevel.Information, "Node {Node} ({Name}) was let in for user {User} by {Caller}")]
    public static partial void LoginApproved(ILogger logger, long node, string name, long user, string caller);

    [LoggerMessage(4505, LogLevel.Information, "The login of {Hostname} at {Address} was rejected by {Caller}")]
    public static partial void LoginRejected(ILogger logger, string hostname, string address, string caller);

    [LoggerMessage(4506, LogLevel.Information,
        "Node {Source} wants to log in to node {Destination} as {LocalUser}, and the policy asks for a check; "
        + "meshctl auth list shows it, and meshctl auth approve lets it in")]
    public static partial void SshCheckBegun(ILogger logger, long source, long destination, string localUser);

    [LoggerMessage(4507, LogLevel.Information, "Node {Source} may log in to node {Destination} as {LocalUser}: approved by {Caller}")]
    public static partial void SshCheckApproved(ILogger logger, long source, long destination, string localUser, string caller);

    [LoggerMessage(4508, LogLevel.Information, "The login of node {Source} to node {Destination} as {LocalUser} was rejected by {Caller}")]
    public static partial void SshCheckRejected(ILogger logger, long source, long destination, string localUser, string caller);
}
