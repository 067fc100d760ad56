using System.Text;

namespace MeshControl.Fuzz.Mutations;

/// <summary>Changes that leave JSON well-formed more often than not: values, names, members, depth.</summary>
public static class JsonMutator
{
    private const int DeepNesting = 200;

    private static readonly byte[][] Values =
    [
        .. new[]
        {
            "null", "true", "false", "0", "-1", "1", "113", "65535", "65536", "2147483647", "2147483648", "-2147483649",
            "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e999", "-1e999", "1e-999", "1.5", "1E400", "0.1e1",
            "\"\"", "\"a\"", "[]", "{}", "[null]", "[[]]", "{\"\":null}", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"",
            "\"\\u0000a\\u0000\"", "\"nodekey:\"", "\"discokey:00\"", "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59.999999999-24:59\"",
            "\"0000-01-01T00:00:00+24:00\"", "\"1970-01-01T00:02:03Z\"", "\"2026-02-30T00:00:00Z\"", "\"::1\"", "\"0.0.0.0/0\"",
            "\"1.2.3.4:0\"", "\"[::ffff:1.2.3.4]:65535\"", "\"[::1%eth0]:1\"", "\"fe80::1\"", "\"-----\"", "\".local\"", "\"’’’\"",
            "\"\\ud83d\\ude00.lan\"", "\"tag:x\"", "\"xn--\"", "\"AAAA\"", "\"====\"",
        }.Select(Encoding.UTF8.GetBytes),
        [(byte)'"', 0xFF, (byte)'"'],
        [(byte)'"', 0xC0, 0x80, (byte)'"'],
        Encoding.UTF8.GetBytes('"' + new string('x', 5000) + '"'),
        Encoding.UTF8.GetBytes('[' + string.Join(',', Enumerable.Repeat("\"1.2.3.4:5\"", 300)) + ']'),
        Encoding.UTF8.GetBytes('[' + string.Join(',', Enumerable.Repeat("1", 300)) + ']'),
        Encoding.UTF8.GetBytes(new string('[', DeepNesting) + new string(']', DeepNesting)),
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 63)) + "1" + new string('}', 63)),
    ];

    /// <summary>One change; nothing if the place that chance picks does not allow it.</summary>
    public static void Mutate(ByteMutator input, FuzzRandom random, ReadOnlySpan<byte> other)
    {
        var colon = FindFrom(input.Span, random, (byte)':');
        if (colon < 0)
        {
            input.Load(random.Pick(Values));
            return;
        }

        var (start, end) = ValueAfter(input.Span, colon + 1);
        switch (random.Below(6))
        {
            case 0 or 1:
                input.Replace(start, end - start, random.Pick(Values));
                break;
            case 2:
                // The same member twice, or a list with one more element.
                Span<byte> value = stackalloc byte[Math.Min(end - start, 512)];
                input.Span.Slice(start, value.Length).CopyTo(value);
                input.Replace(start, 0, value);
                break;
            case 3:
                // Another document's value.
                var elsewhere = FindFrom(other, random, (byte)':');
                if (elsewhere >= 0)
                {
                    var (from, to) = ValueAfter(other, elsewhere + 1);
                    input.Replace(start, end - start, other[from..to]);
                }

                break;
            case 4:
                // Names are found in any case.
                var letter = random.Below(colon + 1);
                if (char.IsAsciiLetter((char)input.Span[letter]))
                {
                    input.Span[letter] ^= 0x20;
                }

                break;
            default:
                // A member that nobody knows, before one that somebody may know.
                input.Replace(start, 0, ",\"X\":"u8);
                input.Replace(start, 0, random.Pick(Values));
                break;
        }
    }

    private static int FindFrom(ReadOnlySpan<byte> bytes, FuzzRandom random, byte wanted)
    {
        if (bytes.IsEmpty)
        {
            return -1;
        }

        var from = random.Below(bytes.Length);
        var found = bytes[from..].IndexOf(wanted);
        return found >= 0 ? from + found : bytes[..from].LastIndexOf(wanted);
    }

    // As far as brackets and quotes say, which is all that is needed here.
    private static (int Start, int End) ValueAfter(ReadOnlySpan<byte> bytes, int start)
    {
        var depth = 0;
        var quoted = false;
        for (var i = start; i < bytes.Length; i++)
        {
            switch (bytes[i])
            {
                case (byte)'\\' when quoted:
                    i++;
                    break;
                case (byte)'"':
                    quoted = !quoted;
                    break;
                case (byte)'{' or (byte)'[' when !quoted:
                    depth++;
                    break;
                case (byte)'}' or (byte)']' when !quoted && depth > 0:
                    depth--;
                    break;
                case (byte)'}' or (byte)']' or (byte)',' when !quoted && depth == 0:
                    return (start, i);
                default:
                    break;
            }
        }

        return (start, bytes.Length);
    }
}
