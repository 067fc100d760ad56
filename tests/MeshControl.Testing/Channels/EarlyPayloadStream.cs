using System.Buffers.Binary;
using MeshControl.Protocol.Keys;
using MeshControl.Protocol.Noise;

namespace MeshControl.Testing.Channels;

/// <summary>
/// Takes the early payload, if the server sends one, off the front of what is read. It does so with the first read, because
/// a server without one may wait for the client's HTTP/2 bytes before it says anything.
/// </summary>
internal sealed class EarlyPayloadStream(NoiseClientStream inner) : AsyncStream
{
    // What was read in search of the payload and belongs to HTTP/2.
    private ReadOnlyMemory<byte> _pending;
    private bool _begun;

    /// <summary>Null before the first read, and if the server sent none.</summary>
    public ChallengePublicKey? Challenge { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_begun)
        {
            _pending = await BeginAsync(cancellationToken);
            _begun = true;
        }

        if (_pending.IsEmpty)
        {
            return await inner.ReadAsync(buffer, cancellationToken);
        }

        var length = Math.Min(buffer.Length, _pending.Length);
        _pending[..length].CopyTo(buffer);
        _pending = _pending[length..];
        return length;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    // Nine bytes are either the payload's header or that of the server's first HTTP/2 frame.
    private async ValueTask<ReadOnlyMemory<byte>> BeginAsync(CancellationToken cancellationToken)
    {
        var payload = new byte[EarlyPayload.HeaderLength];
        var received = await inner.ReadAtLeastAsync(payload, payload.Length, throwOnEndOfStream: false, cancellationToken);
        if (received < payload.Length || EarlyPayload.TryParse(payload, out _, out _) == EarlyPayloadStatus.Absent)
        {
            return payload.AsMemory(0, received);
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(payload.AsSpan(EarlyPayload.HeaderLength - sizeof(uint)));
        Array.Resize(ref payload, checked((int)(EarlyPayload.HeaderLength + Math.Min(length, EarlyPayload.MaxJsonLength))));
        await inner.ReadExactlyAsync(payload.AsMemory(EarlyPayload.HeaderLength), cancellationToken);
        var status = EarlyPayload.TryParse(payload, out var challenge, out _);
        if (status != EarlyPayloadStatus.Done)
        {
            throw new IOException($"Bad early payload: {status}.");
        }

        Challenge = challenge;
        return default;
    }
}
