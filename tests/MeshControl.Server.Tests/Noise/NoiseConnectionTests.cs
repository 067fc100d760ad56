using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using MeshControl.Server.Noise;
using MeshControl.Server.Tests.Http;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace MeshControl.Server.Tests.Noise;

public sealed class NoiseConnectionTests : IDisposable
{
    private readonly NoisePair _pair = new();
    private readonly Pipe _fromClient = NoisePair.NewPipe();
    private readonly Pipe _toClient = NoisePair.NewPipe();
    private readonly RequestLifetime _lifetime = new();
    private readonly DefaultHttpContext _outer = new();

    public NoiseConnectionTests()
    {
        _outer.Features.Set<IHttpRequestLifetimeFeature>(_lifetime);
        _outer.Connection.Id = "outer";
        _outer.Connection.RemoteIpAddress = IPAddress.Parse("192.0.2.7");
        _outer.Connection.RemotePort = 7;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _pair.Dispose();
        _lifetime.Dispose();
    }

    [Fact]
    public void Features_SayWhoIsThereAndThatItIsSecure()
    {
        var pool = new MemoryPoolFeature();
        _outer.Features.Set<IMemoryPoolFeature>(pool);

        var connection = NewConnection();

        var peer = connection.Features.Get<INoisePeer>();
        Assert.NotNull(peer);
        Assert.Equal(_pair.Server.PeerKey, peer.MachineKey.Bytes);
        Assert.Equal(138, peer.Version);
        Assert.Same(pool, connection.Features.Get<IMemoryPoolFeature>());
        Assert.NotNull(connection.Features.Get<ITlsConnectionFeature>());
        Assert.Equal("h2"u8.ToArray(), connection.Features.Get<ITlsApplicationProtocolFeature>()!.ApplicationProtocol.ToArray());
        Assert.Equal("outer", connection.ConnectionId);
        Assert.Equal(new IPEndPoint(IPAddress.Parse("192.0.2.7"), 7), connection.RemoteEndPoint);
        Assert.Null(connection.LocalEndPoint);
    }

    [Fact]
    public void Abort_EitherWay_AbortsTheOuterRequest()
    {
        var connection = NewConnection();
        Assert.False(connection.ConnectionClosed.IsCancellationRequested);

        connection.Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
        connection.Abort(new ConnectionAbortedException());

        Assert.Equal(2, _lifetime.Aborts);
        Assert.True(connection.ConnectionClosed.IsCancellationRequested);
    }

    [Fact]
    public async Task DisposeAsync_EndsBothDirectionsAndTheWait()
    {
        var connection = NewConnection();
        connection.Transport.Output.Write("bye"u8);
        Assert.False(connection.Completion.IsCompleted);

        await connection.DisposeAsync();

        await connection.Completion;
        using var wire = new MemoryStream();
        await _toClient.Reader.CopyToAsync(wire, Token);
        Assert.Equal("bye"u8.ToArray(), Assert.Single(_pair.Open(wire.ToArray())));
        Assert.True((await _fromClient.Writer.FlushAsync(Token)).IsCompleted);
        Assert.Throws<ObjectDisposedException>(() => _pair.Server.Sending.TrySeal(new byte[1], new byte[16]));
    }

    [Fact]
    public async Task DisposeAsync_TransportFails_EndsTheWaitAllTheSame()
    {
        var connection = NewConnection();
        connection.Transport.Output.Write("bye"u8);
        _pair.Server.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await connection.DisposeAsync());

        await connection.Completion;
    }

    [Fact]
    public void Items_KeepWhatIsPut()
    {
        var connection = NewConnection();

        connection.Items["a"] = 1;

        Assert.Equal(1, connection.Items["a"]);
    }

    private NoiseConnection NewConnection() => new(_outer, new Duplex(_fromClient.Reader, _toClient.Writer), _pair.Server);

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class MemoryPoolFeature : IMemoryPoolFeature
    {
        public MemoryPool<byte> MemoryPool => MemoryPool<byte>.Shared;
    }
}
