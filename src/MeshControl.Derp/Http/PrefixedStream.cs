namespace MeshControl.Derp.Http;

/// <summary>A stream of which something was read already, to find out what flows on it.</summary>
/// <param name="inner">The rest.</param>
/// <param name="prefix">What was read.</param>
public sealed class PrefixedStream(Stream inner, ReadOnlyMemory<byte> prefix) : AsyncOnlyStream
{
    // Owned by the reading side.
    private ReadOnlyMemory<byte> _prefix = prefix;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_prefix.IsEmpty)
        {
            return inner.ReadAsync(buffer, cancellationToken);
        }

        var count = Math.Min(buffer.Length, _prefix.Length);
        _prefix[..count].CopyTo(buffer);
        _prefix = _prefix[count..];
        return new ValueTask<int>(count);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);
}
