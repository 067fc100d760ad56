using System.Net;
using System.Text;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Crypto;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Netmaps;
using MeshControl.Testing.Nodes;

namespace MeshControl.FunctionalTests.Replay;

/// <summary>
/// A recorded machine, brought to life: it sends what was recorded, byte for byte but for secrets, with a machine key of its
/// own, and keeps the netmap of its stream as the client did.
/// </summary>
internal sealed class RecordedClient(ControlEndpoint endpoint, X25519PrivateKey machineKey) : IAsyncDisposable
{
    private readonly Dictionary<int, ControlClient> _channels = [];
    private readonly Dictionary<int, CancellationTokenSource> _streams = [];
    private readonly List<Task> _pumps = [];
    private readonly NetmapWatch _netmaps = new();
    private readonly NodeTraffic _traffic = new();
    private int _version = CapabilityVersions.Latest;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Messages of all its streams so far.</summary>
    public IEnumerable<MapResponse> Messages => _traffic.Messages.Select(message => message.Message);

    public Netmap Netmap => _netmaps.Current ?? throw new InvalidOperationException("There is no netmap yet.");

    public void OpenChannel(int number, int version)
    {
        _version = version;
        _channels.Add(number, new ControlClient(endpoint with { Version = version }, machineKey, _traffic));
    }

    public async Task CloseChannelAsync(int number)
    {
        if (_channels.Remove(number, out var channel))
        {
            await channel.DisposeAsync();
        }
    }

    /// <summary>Sends a request that has an answer.</summary>
    public async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(int channel, string method, string path, string? body)
    {
        using var response = await _channels[channel].SendAsync(
            new HttpMethod(method), path, body is null ? null : Encoding.UTF8.GetBytes(body), Token);
        return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(Token));
    }

    /// <summary>Sends a request whose answer goes on, and follows it until <see cref="EndStreamAsync"/>.</summary>
    public async Task OpenStreamAsync(int channel, int number, string body)
    {
        var client = _channels[channel];
        var stop = new CancellationTokenSource();
        _streams.Add(number, stop);
        var response = await client.SendAsync(HttpMethod.Post, "/machine/map", Encoding.UTF8.GetBytes(body), Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var reader = new MapStreamReader(await response.Content.ReadAsStreamAsync(Token), number, compressed: true, TimeProvider.System);
        var netmap = await ReadAsync(reader, null, stop.Token);
        Assert.True(netmap is not null, "The server ended a stream before its first message.");
        _pumps.Add(PumpAsync(response, reader, netmap, stop.Token));
    }

    public async Task EndStreamAsync(int number)
    {
        if (_streams.Remove(number, out var stop))
        {
            await stop.CancelAsync();
            stop.Dispose();
        }
    }

    public Task<Netmap> WaitForAsync(Func<Netmap, bool> condition) =>
        _netmaps.WaitAsync(condition, Token).WaitAsync(SimulatedNode.DefaultTimeout, Token);

    public async ValueTask DisposeAsync()
    {
        foreach (var number in _streams.Keys.ToList())
        {
            await EndStreamAsync(number);
        }

        foreach (var number in _channels.Keys.ToList())
        {
            await CloseChannelAsync(number);
        }

        await Task.WhenAll(_pumps);
    }

    private async Task PumpAsync(HttpResponseMessage response, MapStreamReader reader, Netmap netmap, CancellationToken cancellationToken)
    {
        using (response)
        {
            try
            {
                while (await ReadAsync(reader, netmap, cancellationToken) is { } next)
                {
                    netmap = next;
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
            {
                // The recorded client ended the stream, or its channel.
            }

            await reader.DisposeAsync();
        }
    }

    private async Task<Netmap?> ReadAsync(MapStreamReader reader, Netmap? netmap, CancellationToken cancellationToken)
    {
        if (await reader.ReadAsync(cancellationToken) is not { } message)
        {
            return null;
        }

        _traffic.AddMessage(message, record: true);
        netmap = new NetmapRules(_version, TimeProvider.System).Apply(netmap, message.Message);
        _netmaps.Publish(netmap);
        return netmap;
    }
}
