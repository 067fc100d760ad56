using System.Buffers;
using System.Text;

namespace MeshControl.Derp.Http;

/// <summary>
/// Tells clients of the relay from all others by the head of the first request on a connection, so that their connections need no web
/// server: it would hold kilobytes for each, and it cannot leave the answer out, as a fast start demands.
/// </summary>
public static class RelayHead
{
    /// <summary>Bytes that a head may have to be looked at here. Clients send some two hundred; the web server judges longer ones.</summary>
    public const int MaxLength = 8 * 1024;

    /// <summary>What names of headers are made of (RFC 9110, 5.6.2).</summary>
    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    /// <summary>What a value must not hold, lest somebody else see its end elsewhere. A tab is a blank.</summary>
    private static readonly SearchValues<byte> ControlBytes = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);

    private static ReadOnlySpan<byte> Start => "GET /derp"u8;

    private static ReadOnlySpan<byte> LineEnd => "\r\n"u8;

    /// <param name="bytes">What has been read of the connection.</param>
    /// <param name="request">What it asks for, when it is one for the relay.</param>
    /// <param name="length">Bytes of the head then.</param>
    public static RelayHeadStatus Parse(ReadOnlySpan<byte> bytes, out RelayRequest request, out int length)
    {
        request = default;
        length = 0;
        var common = Math.Min(bytes.Length, Start.Length);
        if (!bytes[..common].SequenceEqual(Start[..common]))
        {
            return RelayHeadStatus.Other;
        }

        if (bytes.Length > Start.Length && bytes[Start.Length] is not ((byte)' ' or (byte)'?'))
        {
            return RelayHeadStatus.Other;
        }

        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return bytes.Length < MaxLength ? RelayHeadStatus.Incomplete : RelayHeadStatus.Other;
        }

        length = end + (2 * LineEnd.Length);
        return length <= MaxLength && TryReadLines(bytes[..(end + LineEnd.Length)], out request)
            ? RelayHeadStatus.Relay
            : RelayHeadStatus.Other;
    }

    /// <returns>False for whatever is not clearly a request for the relay: the web server answers it.</returns>
    private static bool TryReadLines(ReadOnlySpan<byte> lines, out RelayRequest request)
    {
        request = default;
        var end = lines.IndexOf(LineEnd);
        if (!lines[..end].EndsWith(" HTTP/1.1"u8))
        {
            return false;
        }

        var (upgrades, connects, isFast, isIdeal) = (false, false, false, true);
        var hosts = 0;
        for (lines = lines[(end + LineEnd.Length)..]; !lines.IsEmpty; lines = lines[(end + LineEnd.Length)..])
        {
            end = lines.IndexOf(LineEnd);
            var colon = lines[..end].IndexOf((byte)':');
            if (colon <= 0 || lines[..colon].ContainsAnyExcept(NameBytes) || lines[(colon + 1)..end].ContainsAny(ControlBytes))
            {
                return false;
            }

            var name = lines[..colon];
            var value = lines[(colon + 1)..end].Trim(" \t"u8);
            if (Is(name, RelayProtocol.Upgrade))
            {
                upgrades = Is(value, RelayProtocol.UpgradeToken);
                if (!upgrades)
                {
                    return false;
                }
            }
            else if (Is(name, RelayProtocol.Connection))
            {
                connects |= Names(value, RelayProtocol.Upgrade);
            }
            else if (Is(name, RelayProtocol.Host))
            {
                hosts++;
            }
            else if (Is(name, RelayProtocol.ContentLength) || Is(name, RelayProtocol.TransferEncoding))
            {
                // A body before the frames: no client sends one, and where it ends is not ours to find out.
                return false;
            }
            else if (Is(name, RelayProtocol.FastStart))
            {
                isFast = value.SequenceEqual("1"u8);
            }
            else if (Is(name, RelayProtocol.IdealNode))
            {
                isIdeal = value.IsEmpty;
            }
        }

        request = new RelayRequest(isFast, isIdeal);
        return upgrades && connects && hosts == 1;
    }

    /// <summary>Whether a list of words, with commas between, holds one.</summary>
    private static bool Names(ReadOnlySpan<byte> list, string word)
    {
        foreach (var part in list.Split((byte)','))
        {
            if (Is(list[part].Trim(" \t"u8), word))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Is(ReadOnlySpan<byte> bytes, string text) => Ascii.EqualsIgnoreCase(bytes, text);
}
