namespace MeshControl.ClientTests.Policies;

/// <summary>A <see cref="PolicyNetwork"/> for the tests of a class or more, which starts when the first of them needs it.</summary>
public sealed class PolicyLab : IAsyncDisposable
{
    private Task<PolicyNetwork>? _network;

    /// <summary>Skips the test where there cannot be one. Whatever policy the test before has set is in force.</summary>
    internal Task<PolicyNetwork> GetAsync() => _network ??= PolicyNetwork.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_network is { IsCompletedSuccessfully: true })
        {
            await (await _network).DisposeAsync();
        }
    }
}
