using System.Buffers;
using System.Globalization;
using System.Net;

namespace MeshControl.Cli.Policies;

/// <summary>What <c>--to</c> names: somebody or something, and perhaps a port.</summary>
/// <param name="Name">Without brackets around an address.</param>
/// <param name="Port">0: all.</param>
internal readonly record struct AccessTarget(string Name, int Port)
{
    private static readonly SearchValues<char> PortCharacters = SearchValues.Create("0123456789,-");

    /// <summary>
    /// As in the policy the last colon separates, but an IPv6 address needs no brackets if there is no port, and the colon of
    /// <c>tag:web</c> is none that separates: what stands behind it is no number.
    /// </summary>
    /// <returns>Null when the port makes no sense.</returns>
    public static AccessTarget? Parse(string text)
    {
        var name = text.Trim();
        var colon = name.LastIndexOf(':');
        if (colon <= 0 || (name[0] != '[' && IPAddress.TryParse(name, out _)) || !IsPort(name.AsSpan(colon + 1)))
        {
            return new(Bare(name), 0);
        }

        var port = name[(colon + 1)..];
        if (port == "*")
        {
            return new(Bare(name[..colon]), 0);
        }

        return int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= ushort.MaxValue
            ? new(Bare(name[..colon]), number)
            : null;
    }

    /// <summary>Several ports are meant as such too, though one question is about one.</summary>
    private static bool IsPort(ReadOnlySpan<char> text) => text is "*" || (text.Length > 0 && !text.ContainsAnyExcept(PortCharacters));

    private static string Bare(string name) => name.StartsWith('[') && name.EndsWith(']') ? name[1..^1] : name;
}
