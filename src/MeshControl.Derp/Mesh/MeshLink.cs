using MeshControl.Derp.Client;
using MeshControl.Derp.Relay;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;
using Microsoft.Extensions.Logging;

namespace MeshControl.Derp.Mesh;

/// <summary>
/// The link to one other relay of the region, for as long as the relay runs:
/// <code>
/// connect ─► WatchConns ─► ┬ PeerPresent: its client gets this link as forwarder
///    ▲                     ├ PeerGone: and loses it
///    │                     └ meanwhile a writer sends what was forwarded
///    └── wait 5 s ◄── broken: all its clients lose it
/// </code>
/// What the other relay forwards comes by its own link, in at the door of clients.
/// </summary>
internal sealed class MeshLink : IPacketForwarder
{
    /// <summary>Before the next attempt, as in the reference.</summary>
    public static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    /// <summary>At most so much longer, so that the relays of a region do not find each other in step.</summary>
    public static readonly TimeSpan RetryJitter = TimeSpan.FromSeconds(1);

    /// <summary>Clients of one relay that are known here; it has the mesh key, but memory has an end.</summary>
    public const int MaxClients = 262_144;

    private readonly RelayEndpoint _endpoint;
    private readonly MeshIdentity _identity;
    private readonly IForwarderTable _table;
    private readonly Random _jitter;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly MeshWriter _writer = new();

    /// <summary>Owned by the loop; the number may be read by anybody.</summary>
    private readonly HashSet<NodePublicKey> _clients = [];

    private volatile bool _isConnected;
    private string? _lastFailure;

    public MeshLink(
        RelayEndpoint endpoint, MeshIdentity identity, IForwarderTable table, Random jitter, TimeProvider time, ILogger<MeshLink> logger) =>
        (_endpoint, _identity, _table, _jitter, _time, _logger) = (endpoint, identity, table, jitter, time, logger);

    public bool IsConnected => _isConnected;

    public int ClientCount => _clients.Count;

    /// <summary>Set before the link runs.</summary>
    public MeshMetrics? Metrics
    {
        get => _writer.Metrics;
        set => _writer.Metrics = value;
    }

    private DerpPublicKey Self => new(_identity.Key.PublicKey);

    public void Forward(NodePublicKey source, NodePublicKey destination, ReadOnlySpan<byte> packet) =>
        _writer.Add(source, destination, packet);

    public void Flush() => _writer.Flush();

    /// <summary>Keeps the link until it is cancelled, or the other relay turns out to be this one.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await TryServeAsync(cancellationToken))
            {
                await Task.Delay(RetryDelay + (RetryJitter * _jitter.NextDouble()), _time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The relay stops.
        }
    }

    private async Task<bool> TryServeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ServeAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            MeshLog.Failed(_logger, _endpoint.Authority, exception);
            return true;
        }
    }

    /// <returns>False when there is nothing to connect to again.</returns>
    private async Task<bool> ServeAsync(CancellationToken cancellationToken)
    {
        var connected = await RelayClient.ConnectAsync(
            _endpoint, _identity.Key, new RelayClientOptions { MeshKey = _identity.MeshKey }, _time, cancellationToken);
        if (!connected.Succeeded)
        {
            TellFailure(Explain(connected.Failure));
            return true;
        }

        if (connected.Value.Welcome.ServerKey == Self)
        {
            await connected.Value.DisposeAsync();
            MeshLog.Self(_logger, _endpoint.Authority);
            return false;
        }

        var (isTaken, clients) = await KeepAsync(connected.Value, cancellationToken);
        var failure = connected.Value.Failure!;
        if (isTaken)
        {
            MeshLog.Lost(_logger, _endpoint.Authority, clients, failure.Message);
        }
        else
        {
            TellFailure(Explain(failure));
        }

        return true;
    }

    /// <summary>Until the connection ends.</summary>
    /// <returns>Whether it took this relay for its like, and how many clients it had.</returns>
    private async Task<(bool IsTaken, int Clients)> KeepAsync(RelayClient client, CancellationToken cancellationToken)
    {
        await using var connection = client;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _writer.Open();
        _writer.Watch();
        var writing = _writer.RunAsync(client, over.Token);
        try
        {
            await ReadAsync(client, cancellationToken);
            return (_isConnected, _clients.Count);
        }
        finally
        {
            Forget();
            _isConnected = false;
            _writer.Close();
            client.Abort();
            await over.CancelAsync();
            await writing;
        }
    }

    private async Task ReadAsync(RelayClient client, CancellationToken cancellationToken)
    {
        while (await client.ReceiveAsync(cancellationToken) is { } frame)
        {
            if (!_isConnected)
            {
                _isConnected = true;
                _lastFailure = null;
                MeshLog.Connected(_logger, _endpoint.Authority, client.Welcome.ServerKey.ToString());
            }

            Take(frame);
        }
    }

    private void Take(RelayFrame frame)
    {
        var payload = frame.Payload.Span;
        switch (frame.Type)
        {
            case DerpFrameType.PeerPresent when DerpPayload.TryReadPeerPresent(payload, out var present):
                // Nobody sends packets to relays.
                if (!present.Flags.HasFlag(PeerPresentFlags.MeshPeer) && (_clients.Count < MaxClients || _clients.Contains(present.Key)))
                {
                    _clients.Add(present.Key);
                    _table.AddPacketForwarder(present.Key, this);
                }

                break;
            case DerpFrameType.PeerGone when DerpPayload.TryReadPeerGone(payload, out var key, out _):
                if (_clients.Remove(key))
                {
                    _table.RemovePacketForwarder(key, this);
                }

                break;
            case DerpFrameType.Ping when payload.Length >= DerpProtocol.PingLength:
                _writer.Answer(payload);
                break;
            default:
                // Keep-alives, and what does not concern relays.
                break;
        }
    }

    /// <summary>The relay here need not send anything to clients there any more.</summary>
    private void Forget()
    {
        foreach (var key in _clients)
        {
            _table.RemovePacketForwarder(key, this);
        }

        _clients.Clear();
    }

    /// <summary>A relay does not say why it turns somebody away; what it can be is few things.</summary>
    private static string Explain(RelayFailure failure) => failure.Fault is RelayFault.NotAdmitted or RelayFault.Disconnected
        ? $"{failure.Message} It does not take this one for a relay of its region: see that both have the same mesh key."
        : failure.Message;

    private void TellFailure(string reason)
    {
        if (reason == _lastFailure)
        {
            MeshLog.StillOutOfReach(_logger, _endpoint.Authority, reason);
        }
        else
        {
            MeshLog.OutOfReach(_logger, _endpoint.Authority, reason);
        }

        _lastFailure = reason;
    }
}
