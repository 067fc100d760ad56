using MeshControl.Core;
using MeshControl.Core.Tailnets;

namespace MeshControl.Server.Hosting;

/// <summary>
/// The settings that the tailnets have. Several parts of the server change something about them, each its own, and one at a time.
/// </summary>
internal sealed class LiveSettings(ControlPlane controlPlane, TailnetSettings initial) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private TailnetSettings _settings = initial;

    /// <param name="change">Makes of the settings as they are those that are to be.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null, or why a tailnet did not take them.</returns>
    public async Task<CoreError?> ChangeAsync(Func<TailnetSettings, TailnetSettings> change, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var next = change(_settings);
            if (await controlPlane.ReplaceSettingsAsync(next, cancellationToken) is { } error)
            {
                return error;
            }

            _settings = next;
            return null;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();
}
