using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using MeshControl.Protocol.Keys;
using MeshControl.Protocol.Noise;
using MeshControl.Server.Listeners;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace MeshControl.Server.Noise;

/// <summary>
/// The connection inside one channel, as Kestrel sees it. It is its own feature object, because there are as many of these as
/// connected clients. It claims to be TLS with HTTP/2 agreed on: clients send <c>https</c> as scheme, and it is as good.
/// </summary>
internal sealed class NoiseConnection : ConnectionContext,
    INoisePeer, ITlsConnectionFeature, ITlsApplicationProtocolFeature, IConnectionLifetimeFeature
{
    private static readonly byte[] Http2 = "h2"u8.ToArray();

    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action _abort;
    private readonly NoiseSession _session;
    private IDictionary<object, object?>? _items;

    /// <param name="outer">The request that opened the channel.</param>
    /// <param name="transport">Where the channel's records go; its pipes are completed with the connection.</param>
    /// <param name="session">Owned by the connection from here on.</param>
    public NoiseConnection(HttpContext outer, IDuplexPipe transport, NoiseSession session)
    {
        _session = session;
        _abort = outer.Abort;
        MachineKey = new MachinePublicKey(session.PeerKey);
        ConnectionId = outer.Connection.Id;
        Transport = new NoiseDuplexPipe(transport, session);
        ConnectionClosed = outer.RequestAborted;
        LocalEndPoint = EndPointOf(outer.Connection.LocalIpAddress, outer.Connection.LocalPort);
        RemoteEndPoint = EndPointOf(outer.Connection.RemoteIpAddress, outer.Connection.RemotePort);
        var features = new FeatureCollection(8);
        if (outer.Features.Get<IMemoryPoolFeature>() is { } pool)
        {
            // Without the outer connection's pool Kestrel would allocate afresh for everything it sends.
            features.Set(pool);
        }

        if (outer.Features.Get<IConnectionSocketFeature>() is { } socket)
        {
            features.Set(socket);
        }

        if (outer.Features.Get<ConnectionTicket>() is { } ticket)
        {
            ticket.Upgraded();
            features.Set(ticket);
        }

        features.Set<INoisePeer>(this);
        features.Set<ITlsConnectionFeature>(this);
        features.Set<ITlsApplicationProtocolFeature>(this);
        features.Set<IConnectionLifetimeFeature>(this);
        Features = features;
    }

    public MachinePublicKey MachineKey { get; }

    public int Version => _session.Version;

    /// <summary>Ends when Kestrel is done with the connection.</summary>
    public Task Completion => _completion.Task;

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; }

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public ReadOnlyMemory<byte> ApplicationProtocol => Http2;

    X509Certificate2? ITlsConnectionFeature.ClientCertificate
    {
        get => null;
        set => throw new NotSupportedException("A channel has no client certificate.");
    }

    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) =>
        Task.FromResult<X509Certificate2?>(null);

    void IConnectionLifetimeFeature.Abort() => _abort();

    public override void Abort(ConnectionAbortedException abortReason) => _abort();

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await Transport.Output.CompleteAsync();
            await Transport.Input.CompleteAsync();
        }
        finally
        {
            _session.Dispose();
            _completion.TrySetResult();
            await base.DisposeAsync();
        }
    }

    private static IPEndPoint? EndPointOf(IPAddress? address, int port) => address is null ? null : new IPEndPoint(address, port);
}
