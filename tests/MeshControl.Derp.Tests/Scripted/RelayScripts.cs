using MeshControl.Derp.Tests.Scripted.Sites;

namespace MeshControl.Derp.Tests.Scripted;

/// <summary>Scripts that any relay has to pass.</summary>
/// <param name="start">Gives the relay.</param>
/// <param name="isShared">Whether others use it too, so that it outlives the test.</param>
public abstract class RelayScripts(Func<Task<IRelaySite>> start, bool isShared) : IAsyncLifetime
{
    private IRelaySite? _site;

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _site = await start();

    public async ValueTask DisposeAsync()
    {
        if (_site is not null && !isShared)
        {
            await _site.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private protected Party NewParty() => new(_site!);
}
