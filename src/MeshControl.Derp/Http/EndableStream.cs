namespace MeshControl.Derp.Http;

/// <summary>
/// A stream whose reads and writes can be made to fail while they wait, and that is left alone otherwise: what was written last still arrives.
/// </summary>
/// <param name="inner">Its calls can be cancelled.</param>
/// <param name="ended">Makes them fail.</param>
internal sealed class EndableStream(Stream inner, CancellationToken ended) : AsyncOnlyStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var either = Either(cancellationToken);
        return await inner.ReadAsync(buffer, either?.Token ?? ended);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var either = Either(cancellationToken);
        await inner.WriteAsync(buffer, either?.Token ?? ended);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(ended);

    /// <summary>Only while a client logs in there is a token of its own.</summary>
    private CancellationTokenSource? Either(CancellationToken cancellationToken) =>
        cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ended) : null;
}
