using System.Buffers;
using System.Text.Json;

namespace MeshControl.Protocol.Keys;

/// <summary>The text form that all public keys share: prefix, then 64 lowercase hex digits; upper case is understood.</summary>
public static class KeyText
{
    private const int HexLength = KeyBytes.Length * 2;

    public static string Format<TKey>(TKey key)
        where TKey : struct, IPublicKey<TKey> =>
        TKey.Prefix + Convert.ToHexStringLower(key.Bytes.Span);

    /// <summary>The form for logs: the first five characters of base64 in brackets, as clients print it.</summary>
    public static string FormatShort<TKey>(TKey key)
        where TKey : struct, IPublicKey<TKey> =>
        "[" + Convert.ToBase64String(key.Bytes.Span[..6])[..5] + "]";

    /// <returns>False when the prefix or the length is wrong or a digit is not hexadecimal.</returns>
    public static bool TryParse<TKey>(ReadOnlySpan<char> text, out TKey key)
        where TKey : struct, IPublicKey<TKey>
    {
        key = default;
        if (!TryStrip(text, TKey.Prefix, out var hex))
        {
            var found = false;
            foreach (var prefix in TKey.AcceptedPrefixes)
            {
                if (TryStrip(text, prefix, out hex))
                {
                    found = true;
                    break;
                }
            }

            if (!found)
            {
                return false;
            }
        }

        if (hex.Length != HexLength)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[KeyBytes.Length];
        if (Convert.FromHexString(hex, bytes, out _, out _) != OperationStatus.Done)
        {
            return false;
        }

        key = TKey.FromBytes(new KeyBytes(bytes));
        return true;
    }

    public static TKey Parse<TKey>(string text)
        where TKey : struct, IPublicKey<TKey> =>
        TryParse<TKey>(text, out var key)
            ? key
            : throw new FormatException($"Not a key of the form {TKey.Prefix}<64 hex digits>.");

    private static bool TryStrip(ReadOnlySpan<char> text, string prefix, out ReadOnlySpan<char> rest)
    {
        var matches = text.StartsWith(prefix, StringComparison.Ordinal);
        rest = matches ? text[prefix.Length..] : default;
        return matches;
    }

    /// <summary>Reads and writes the text form; JSON <c>null</c> and the empty string read as the zero key.</summary>
    public class JsonConverter<TKey> : System.Text.Json.Serialization.JsonConverter<TKey>
        where TKey : struct, IPublicKey<TKey>
    {
        public override bool HandleNull => true;

        public override TKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.Null)
            {
                return default;
            }

            var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException($"A {TKey.Prefix} key is a string.");
            return text.Length == 0 ? default
                : TryParse<TKey>(text, out var key) ? key
                : throw new JsonException($"Not a key of the form {TKey.Prefix}<64 hex digits>.");
        }

        public override void Write(Utf8JsonWriter writer, TKey value, JsonSerializerOptions options)
        {
            Span<char> chars = stackalloc char[TKey.Prefix.Length + HexLength];
            TKey.Prefix.CopyTo(chars);
            Convert.TryToHexStringLower(value.Bytes.Span, chars[TKey.Prefix.Length..], out _);
            writer.WriteStringValue(chars);
        }
    }
}
