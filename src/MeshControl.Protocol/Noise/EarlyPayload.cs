using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Noise;

/// <summary>
/// What the server says inside the channel before its first HTTP/2 byte. Clients read nine bytes, which are either the
/// header of this payload or the header of an HTTP/2 SETTINGS frame.
/// </summary>
/// <remarks>
/// <code>
/// 0 5  FF FF FF 54 53: as an HTTP/2 frame header it would announce a frame of impossible length
/// 5 4  JSON length, big-endian
/// 9 n  {"nodeKeyChallenge":"chalpub:…"}
/// </code>
/// </remarks>
public static class EarlyPayload
{
    /// <summary>Bytes before the JSON.</summary>
    public const int HeaderLength = 9;

    /// <summary>Longest JSON that is read. Stock clients allow 10 MiB; one key in JSON needs about a hundred bytes.</summary>
    public const int MaxJsonLength = 64 * 1024;

    private const string ChallengeProperty = "nodeKeyChallenge";

    private static ReadOnlySpan<byte> Magic => [0xFF, 0xFF, 0xFF, (byte)'T', (byte)'S'];

    /// <summary>Header and JSON, to be sent as (part of) a record.</summary>
    public static byte[] Encode(ChallengePublicKey challenge)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString(ChallengeProperty, challenge.ToString());
            writer.WriteEndObject();
        }

        var payload = new byte[HeaderLength + json.WrittenCount];
        Magic.CopyTo(payload);
        BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(Magic.Length), (uint)json.WrittenCount);
        json.WrittenSpan.CopyTo(payload.AsSpan(HeaderLength));
        return payload;
    }

    /// <summary>Reads the payload from the start of the channel's plaintext.</summary>
    /// <param name="buffer">Everything received so far.</param>
    /// <param name="challenge">The server's challenge; zero when the JSON has none.</param>
    /// <param name="consumed">Bytes of the payload if the status is Done, otherwise zero.</param>
    public static EarlyPayloadStatus TryParse(ReadOnlySpan<byte> buffer, out ChallengePublicKey challenge, out int consumed)
    {
        challenge = default;
        consumed = 0;
        if (!buffer.StartsWith(Magic[..Math.Min(Magic.Length, buffer.Length)]))
        {
            return EarlyPayloadStatus.Absent;
        }

        if (buffer.Length < HeaderLength)
        {
            return EarlyPayloadStatus.NeedMore;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(buffer[Magic.Length..]);
        if (length > MaxJsonLength)
        {
            return EarlyPayloadStatus.TooLong;
        }

        if (buffer.Length - HeaderLength < length)
        {
            return EarlyPayloadStatus.NeedMore;
        }

        if (!TryParseJson(buffer.Slice(HeaderLength, (int)length), out challenge))
        {
            return EarlyPayloadStatus.NotJson;
        }

        consumed = HeaderLength + (int)length;
        return EarlyPayloadStatus.Done;
    }

    private static bool TryParseJson(ReadOnlySpan<byte> json, out ChallengePublicKey challenge)
    {
        challenge = default;
        try
        {
            json = json.TrimEnd(" \t\r\n"u8);
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind != JsonValueKind.Object || reader.BytesConsumed != json.Length)
            {
                return false;
            }

            return !document.RootElement.TryGetProperty(ChallengeProperty, out var value)
                || (value.ValueKind == JsonValueKind.String && ChallengePublicKey.TryParse(value.GetString(), out challenge));
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The second kind is how the document answers a request for text that is not valid UTF-8.
            return false;
        }
    }
}
