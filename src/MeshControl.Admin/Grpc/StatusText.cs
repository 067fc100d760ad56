using System.Buffers;
using System.Text;

namespace MeshControl.Admin.Grpc;

/// <summary>The percent encoding of <c>grpc-message</c>: UTF-8, with everything but printable ASCII, and '%', as %XX.</summary>
public static class StatusText
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        " !\"#$&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    public static string Encode(string message)
    {
        if (!message.AsSpan().ContainsAnyExcept(Plain))
        {
            return message;
        }

        var text = new StringBuilder(message.Length + 16);
        foreach (var octet in Encoding.UTF8.GetBytes(message))
        {
            if (Plain.Contains((char)octet))
            {
                text.Append((char)octet);
            }
            else
            {
                text.Append('%').Append(Convert.ToHexString([octet]));
            }
        }

        return text.ToString();
    }

    /// <summary>Never fails, because a badly encoded message must not hide the status: what is not an escape stays as it is.</summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%', StringComparison.Ordinal))
        {
            return text;
        }

        var octets = new ArrayBufferWriter<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                octets.Write(Convert.FromHexString(text.AsSpan(i + 1, 2)));
                i += 2;
            }
            else
            {
                var length = Encoding.UTF8.GetBytes(text.AsSpan(i, 1), octets.GetSpan(4));
                octets.Advance(length);
            }
        }

        return Encoding.UTF8.GetString(octets.WrittenSpan);
    }
}
