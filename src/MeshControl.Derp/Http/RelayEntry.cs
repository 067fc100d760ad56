using System.Buffers;
using MeshControl.Derp.Relay;

namespace MeshControl.Derp.Http;

/// <summary>
/// The short way to the relay: a connection whose first request asks for it never meets a web server. All other ways lead through
/// <see cref="RelayWebEntry"/>.
/// </summary>
public sealed class RelayEntry(RelayServer relay)
{
    private readonly byte[] _answer = RelayProtocol.SwitchingProtocols(relay.PublicKey);

    /// <summary>Reads as much of a new connection as it takes to find out what its client wants.</summary>
    /// <param name="stream">Nothing was read of it yet. How long this may take is the caller's business.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The client is gone.</exception>
    public static async ValueTask<FirstRequest> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);

        // Whoever says nothing costs no buffer.
        _ = await stream.ReadAsync(Memory<byte>.Empty, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(RelayHead.MaxLength);
        try
        {
            var count = 0;
            while (true)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(count, RelayHead.MaxLength - count), cancellationToken);
                count += read;
                var status = RelayHead.Parse(buffer.AsSpan(0, count), out var request, out var length);
                if (read == 0 || status == RelayHeadStatus.Other)
                {
                    return new FirstRequest(null, buffer.AsSpan(0, count).ToArray());
                }

                if (status == RelayHeadStatus.Relay)
                {
                    return new FirstRequest(request, buffer.AsSpan(length, count - length).ToArray());
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Serves a client until it is gone.</summary>
    /// <param name="link">Its connection, of which <paramref name="first"/> was read.</param>
    /// <param name="first">Its request.</param>
    /// <param name="cancellationToken">Ends the service.</param>
    /// <exception cref="IOException">The client is gone before it had its answer.</exception>
    public async Task ServeAsync(RelayLink link, FirstRequest first, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(link);
        if (first.Relay is not { } request)
        {
            throw new ArgumentException("It is no client of the relay.", nameof(first));
        }

        if (!request.IsFastStart)
        {
            await link.Stream.WriteAsync(_answer, cancellationToken);
        }

        var frames = first.Rest.IsEmpty ? link.Stream : new PrefixedStream(link.Stream, first.Rest);
        await relay.ServeAsync(link with { Stream = frames, IsIdeal = request.IsIdeal }, cancellationToken);
    }
}
