namespace MeshControl.Admin.Grpc;

/// <summary>Bytes in headers: base64, written without padding, read with or without it.</summary>
public static class BinaryValue
{
    public static string Encode(ReadOnlySpan<byte> value) => Convert.ToBase64String(value).TrimEnd('=');

    /// <returns>Null when the text is not base64.</returns>
    public static byte[]? Decode(string text)
    {
        var bare = text.TrimEnd('=');
        var padded = bare.PadRight((bare.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64String(padded, bytes, out var length) ? bytes[..length] : null;
    }
}
