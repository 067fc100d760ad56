using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace MeshControl.Derp.Client;

/// <summary>The HTTP request that turns a connection into one of frames, and the answer to it.</summary>
internal static class RelayUpgrade
{
    /// <summary>A relay's answer has five short lines.</summary>
    public const int MaxAnswerLength = 8 * 1024;

    /// <summary>Characters of a foreign answer that are repeated in a message.</summary>
    private const int QuotedLength = 60;

    private const int StatusLength = 3;

    private const string SwitchingProtocols = "101";

    /// <summary>Tells the relay to answer with frames alone.</summary>
    private const string FastStartHeader = "Derp-Fast-Start: 1\r\n";

    /// <summary>Between the head of an answer and what follows it.</summary>
    private static ReadOnlySpan<byte> EndOfHead => "\r\n\r\n"u8;

    public static byte[] Request(RelayEndpoint endpoint, bool fastStart) => Encoding.ASCII.GetBytes(
        $"GET /derp HTTP/1.1\r\nHost: {endpoint.Authority}\r\nUser-Agent: meshcontrol\r\nConnection: Upgrade\r\nUpgrade: DERP\r\n"
        + (fastStart ? FastStartHeader : "") + "\r\n");

    /// <summary>Reads the answer, and nothing behind it.</summary>
    /// <returns>Null when the connection is one of frames now.</returns>
    public static async Task<RelayFailure?> ReadAnswerAsync(PipeReader reader, RelayEndpoint endpoint, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var end = EndOf(read.Buffer.Slice(0, Math.Min(read.Buffer.Length, MaxAnswerLength)));
            if (end is null && !read.IsCompleted && read.Buffer.Length < MaxAnswerLength)
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            var line = FirstLine(read.Buffer);
            var isUpgraded = end is not null && StatusOf(line) == SwitchingProtocols;
            var isEmpty = read.Buffer.IsEmpty;
            reader.AdvanceTo(isUpgraded ? end!.Value : read.Buffer.End);
            return isUpgraded ? null : new RelayFailure(
                RelayFault.NotARelay,
                isEmpty
                    ? $"{endpoint.Authority} hung up when it was asked for a relay."
                    : $"{endpoint.Authority} is no relay; it answers \"{line}\".");
        }
    }

    private static SequencePosition? EndOf(in ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        return reader.TryReadTo(out ReadOnlySequence<byte> _, EndOfHead) ? reader.Position : null;
    }

    /// <summary>What an unknown server says is shown to people, so only what can be printed of it.</summary>
    private static string FirstLine(in ReadOnlySequence<byte> buffer)
    {
        var text = Encoding.ASCII.GetString(buffer.Slice(0, Math.Min(buffer.Length, QuotedLength)));
        var end = text.IndexOfAny(['\r', '\n']);
        return string.Concat((end < 0 ? text : text[..end]).Select(letter => char.IsControl(letter) ? '?' : letter));
    }

    private static string? StatusOf(string line) =>
        line.StartsWith("HTTP/1.", StringComparison.Ordinal) && line.Split(' ') is [_, { Length: StatusLength } status, ..] ? status : null;
}
