using MeshControl.LoadTest.Arguments;
using MeshControl.LoadTest.Crowds;
using MeshControl.Protocol.Control;

namespace MeshControl.LoadTest.Scenarios;

/// <summary>Lets happen to nodes what a script says.</summary>
public sealed class MixedActor(LoadOptions options) : IDisposable
{
    private const int Regions = 20;
    private const int LongestShortSleep = 2_000;
    private const int LongestSleep = 12_000;

    // Policies can be set one after another only, and each has its port.
    private readonly SemaphoreSlim _policies = new(1);
    private int _ports = 1024;

    public Task ActAsync(CrowdNode node, MixedEvent what, CancellationToken limit) => what.Kind switch
    {
        MixedEventKind.Roam => node.MoveAsync(node.NextEndpoint(), limit),
        MixedEventKind.Home => node.Node.UpdateAsync(profile => profile.WithHome(1 + (what.Choice % Regions)), limit),
        MixedEventKind.Reconnect => node.Node.ReconnectAsync(limit),
        MixedEventKind.Sleep => SleepAsync(node, what.Choice, limit),
        MixedEventKind.Restart => node.Node.RestartAsync(limit),
        MixedEventKind.Rotate => node.Node.RotateKeyAsync(node.CurrentKey, limit),
        MixedEventKind.Logout => LogOutAndInAsync(node, what.Choice, limit),
        MixedEventKind.Rename => RenameAsync(node, what.Choice, limit),
        MixedEventKind.Routes => OfferAsync(node, what.Choice, limit),
        MixedEventKind.Join => node.LogInAsync(node.AuthKey, limit),
        MixedEventKind.Policy => SetPolicyAsync(CrowdPolicies.Mixed, what.Choice, limit),
        _ when node.Node.HasNetmap => options.Administer?.Invoke(node.Node.Netmap.Self.Id, what.Choice, limit) ?? Task.CompletedTask,
        _ => Task.CompletedTask,
    };

    public void Dispose() => _policies.Dispose();

    /// <summary>Lets those see each other again who did before the first event.</summary>
    public Task RestorePolicyAsync(CancellationToken limit) =>
        SetPolicyAsync((_, port) => CrowdPolicies.Plain(options.OwnOnly, port), 0, limit);

    private static async Task SleepAsync(CrowdNode node, int choice, CancellationToken limit)
    {
        await node.CutAsync();
        await Task.Delay(choice % 10 < 8 ? choice % LongestShortSleep : choice % LongestSleep, limit);
        node.Connect();
    }

    private static Task RenameAsync(CrowdNode node, int choice, CancellationToken limit) => node.Node.UpdateAsync(
        profile => profile.WithHostinfo(info => info with { Hostname = choice % 3 == 0 ? "same" : $"{node.Name}-{choice % 1000}" }), limit);

    private static Task OfferAsync(CrowdNode node, int choice, CancellationToken limit)
    {
        IpPrefix[] routes = (choice % 4) switch
        {
            0 => [],
            1 => [IpPrefix.Parse("0.0.0.0/0"), IpPrefix.Parse("::/0")],
            // Few, so that several routers offer the same one.
            _ => [IpPrefix.Parse($"10.{choice % 5}.0.0/16")],
        };
        return node.Node.UpdateAsync(profile => profile.WithHostinfo(info => info with { RoutableIps = WireSet.CopyOf(routes) }), limit);
    }

    private async Task LogOutAndInAsync(CrowdNode node, int choice, CancellationToken limit)
    {
        node.IsPresent = false;
        await node.Node.LogoutAsync(limit);
        await Task.Delay(choice % LongestShortSleep, limit);
        await node.LogInAsync(options.AuthKeys[choice % options.AuthKeys.Count], limit);
    }

    private async Task SetPolicyAsync(Func<int, ushort, string> write, int choice, CancellationToken limit)
    {
        if (options.SetPolicy is not { } set)
        {
            return;
        }

        await _policies.WaitAsync(limit);
        try
        {
            await set(write(choice, (ushort)(_ports++ % ushort.MaxValue)), limit);
        }
        finally
        {
            _policies.Release();
        }
    }
}
