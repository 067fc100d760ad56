using MeshControl.Derp.Tests.Scripted.Sites;

[assembly: AssemblyFixture(typeof(SharedReference))]

namespace MeshControl.Derp.Tests.Scripted.Sites;

/// <summary>One <see cref="ReferenceRelay"/> for all tests, started by the first that asks.</summary>
public sealed class SharedReference : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private Task<ReferenceRelay>? _relay; // guarded by _lock

    /// <summary>Skips the current test, with the reason, where there is none.</summary>
    public Task<ReferenceRelay> GetAsync()
    {
        lock (_lock)
        {
            // Not for the time of one test only, so no test's token may end it.
            return _relay ??= ReferenceRelay.StartAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task<ReferenceRelay>? relay;
        lock (_lock)
        {
            relay = _relay;
        }

        if (relay is { IsCompletedSuccessfully: true })
        {
            await (await relay).DisposeAsync();
        }
    }
}
