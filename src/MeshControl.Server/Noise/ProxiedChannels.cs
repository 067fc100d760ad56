using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Listeners;
using MeshControl.Server.Machine;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Noise;

/// <summary>
/// Says which web server speaks HTTP/2 in a channel. Those that come through a trusted proxy go to servers that ping; all others stay
/// with the one whose clients the kernel probes for less.
/// </summary>
internal sealed class ProxiedChannels : IHostedService, IDisposable
{
    private readonly NoiseListener _direct;
    private readonly ControlPlane _controlPlane;
    private readonly MachineEndpoints _machine;
    private readonly IHostApplicationLifetime _lifetime;

    /// <summary>Null where no proxy is trusted.</summary>
    private readonly ChannelServer? _usual;

    private readonly ChannelServer? _phones;
    private Task _stopping = Task.CompletedTask;

    public ProxiedChannels(
        NoiseListener direct,
        ControlPlane controlPlane,
        MachineEndpoints machine,
        IHostApplicationLifetime lifetime,
        ServerOptions configuration,
        ILoggerFactory loggers)
    {
        (_direct, _controlPlane, _machine, _lifetime) = (direct, controlPlane, machine, lifetime);
        if (configuration.TrustedProxies.Count > 0)
        {
            _usual = new ChannelServer(PingPace.Usual(new OfflineBudget(configuration.Node.OfflineAfter)), configuration.Limits, loggers);
            _phones = new ChannelServer(PingPace.Phone, configuration.Limits, loggers);
        }
    }

    /// <summary>Where a channel goes that <paramref name="outer"/> opened.</summary>
    public NoiseListener ListenerFor(HttpContext outer, MachinePublicKey machine)
    {
        if (_usual is null || _phones is null || outer.Features.Get<ProxiedClient>() is null)
        {
            return _direct;
        }

        // A machine that nobody knows yet may turn out to be a phone; it will have changed networks and come again before long.
        var isPhone = _controlPlane.Tailnets.Any(tailnet =>
            tailnet.Snapshot.Nodes.OfMachine(machine).Any(entry => Phones.Has(entry.Node)));
        return (isPhone ? _phones : _usual).Listener;
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var server in Servers())
        {
            await server.StartAsync(_machine.HandleAsync, cancellationToken);
        }

        // With the streams, before the public listeners: these wait for the channels that were opened through them.
        _lifetime.ApplicationStopping.Register(() =>
            _stopping = Task.WhenAll(Servers().Select(server => server.StopAsync(CancellationToken.None))));
    }

    public Task StopAsync(CancellationToken cancellationToken) => _stopping.WaitAsync(cancellationToken);

    public void Dispose()
    {
        foreach (var server in Servers())
        {
            server.Dispose();
        }
    }

    private IEnumerable<ChannelServer> Servers() => _usual is null || _phones is null ? [] : [_usual, _phones];
}
