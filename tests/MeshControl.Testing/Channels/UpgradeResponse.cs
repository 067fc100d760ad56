using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace MeshControl.Testing.Channels;

/// <summary>The head of an HTTP/1.1 answer, read without taking more than is needed from what follows it.</summary>
public sealed class UpgradeResponse
{
    // Heads are a few hundred bytes; a server that sends more is at fault.
    private const int MaxHeadLength = 16 * 1024;
    private const int MaxBodyLength = 64 * 1024;

    private readonly Dictionary<string, string> _headers;

    private UpgradeResponse(HttpStatusCode status, Dictionary<string, string> headers, byte[] rest)
    {
        Status = status;
        _headers = headers;
        Rest = rest;
    }

    public HttpStatusCode Status { get; }

    /// <summary>Bytes behind the head that came with it: the body's start or, after 101, the channel's.</summary>
    public byte[] Rest { get; }

    /// <summary>The header's value, or null; the last one if it was repeated.</summary>
    public string? this[string header] => _headers.GetValueOrDefault(header);

    private bool IsChunked => this["Transfer-Encoding"] == "chunked";

    /// <summary>Reads from a connection until the head is complete.</summary>
    /// <exception cref="ControlException">The connection ended, or this is no HTTP.</exception>
    public static async Task<UpgradeResponse> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxHeadLength];
        var length = 0;
        while (true)
        {
            var end = buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                return Parse(Encoding.ASCII.GetString(buffer, 0, end), buffer[(end + 4)..length]);
            }

            if (length == buffer.Length)
            {
                throw new ControlException("The head of the answer is too long.");
            }

            var count = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
            if (count == 0)
            {
                throw new ControlException($"The server closed the connection after {length} bytes of an answer.");
            }

            length += count;
        }
    }

    /// <summary>Reads the body of an answer that is no upgrade: by its length, in chunks, or to the connection's end.</summary>
    public async Task<string> ReadBodyAsync(Stream stream, CancellationToken cancellationToken)
    {
        var received = new List<byte>(Rest);
        var buffer = new byte[4096];
        while (!IsComplete(received))
        {
            var count = await stream.ReadAsync(buffer, cancellationToken);
            if (count == 0 || received.Count + count > MaxBodyLength)
            {
                break;
            }

            received.AddRange(buffer.AsSpan(0, count));
        }

        return IsChunked ? JoinChunks(Encoding.UTF8.GetString([.. received])) : Encoding.UTF8.GetString([.. received]);
    }

    private bool IsComplete(List<byte> received) =>
        IsChunked ? CollectionsMarshal.AsSpan(received).EndsWith("0\r\n\r\n"u8)
        : int.TryParse(this["Content-Length"], NumberStyles.None, CultureInfo.InvariantCulture, out var length) && received.Count >= length;

    // Good for the short texts that servers send here.
    private static string JoinChunks(string chunks)
    {
        var lines = chunks.Split("\r\n");
        return string.Concat(lines.Where((_, index) => index % 2 == 1));
    }

    private static UpgradeResponse Parse(string head, byte[] rest)
    {
        var lines = head.Split("\r\n");
        var first = lines[0].Split(' ', 3);
        if (first.Length < 2 || !first[0].StartsWith("HTTP/1.", StringComparison.Ordinal)
            || !int.TryParse(first[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            throw new ControlException($"Not an HTTP answer: '{lines[0]}'.");
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                headers[line[..colon]] = line[(colon + 1)..].Trim();
            }
        }

        return new UpgradeResponse((HttpStatusCode)status, headers, rest);
    }
}
