using System.Globalization;
using System.Text;

namespace MeshControl.Testing.Peers;

/// <summary>As much of HPACK (RFC 7541) as a scripted peer needs: literal fields out, the status in.</summary>
public static class Hpack
{
    private const byte HuffmanFlag = 0x80;
    private const int MaxShortLength = 126;

    // Static table: index of :status with the values that have an entry of their own.
    private const int FirstStatusIndex = 8;
    private static readonly int[] StaticStatuses = [200, 204, 206, 304, 400, 404, 500];

    /// <summary>Encodes fields one by one, without any table. Names and values are shorter than 127 bytes.</summary>
    public static byte[] Encode(params IEnumerable<(string Name, string Value)> fields)
    {
        using var output = new MemoryStream();
        foreach (var (name, value) in fields)
        {
            output.WriteByte(0);
            WriteText(output, name);
            WriteText(output, value);
        }

        return output.ToArray();
    }

    /// <summary>The status of an answer, which stands first among its fields.</summary>
    /// <exception cref="InvalidDataException">It stands in a form that is not understood here.</exception>
    public static int ReadStatus(ReadOnlySpan<byte> fields)
    {
        // Changes of the table's size may come first.
        while (!fields.IsEmpty && (fields[0] & 0xE0) == 0x20)
        {
            fields = fields[((fields[0] & 0x1F) == 0x1F ? 3 : 1)..];
        }

        if ((fields[0] & 0x80) != 0)
        {
            var index = (fields[0] & 0x7F) - FirstStatusIndex;
            return index >= 0 && index < StaticStatuses.Length
                ? StaticStatuses[index]
                : throw new InvalidDataException($"Field {fields[0]:x2} is no status.");
        }

        // A literal value with an indexed name, in one of the three forms.
        var nameIndex = (fields[0] & 0xC0) == 0x40 ? fields[0] & 0x3F : fields[0] & 0x0F;
        if (nameIndex < FirstStatusIndex || nameIndex >= FirstStatusIndex + StaticStatuses.Length || (fields[1] & HuffmanFlag) != 0)
        {
            throw new InvalidDataException($"Field {fields[0]:x2} is no readable status.");
        }

        return int.Parse(Encoding.ASCII.GetString(fields.Slice(2, fields[1])), CultureInfo.InvariantCulture);
    }

    private static void WriteText(Stream output, string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, MaxShortLength, nameof(text));
        output.WriteByte((byte)bytes.Length);
        output.Write(bytes);
    }
}
