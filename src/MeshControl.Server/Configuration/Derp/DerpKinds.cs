using System.Globalization;
using System.Net.Sockets;
using MeshControl.Derp.Map;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Derp;

/// <summary>The values in a relay map: from text, in canonical form. What they have to be together, <see cref="MapRules"/> says.</summary>
internal static class DerpKinds
{
    /// <summary>0 is "not written": it is filled in from where the record stands.</summary>
    public static readonly ScalarKind<int> RegionId = Kinds.Integer(0, MapRules.MaxRegionId);

    public static readonly ScalarKind<int> DerpPort = Kinds.Integer(0, ushort.MaxValue);

    /// <summary>-1 turns STUN off.</summary>
    public static readonly ScalarKind<int> StunPort = Kinds.Integer(-1, ushort.MaxValue);

    public static readonly ScalarKind<string> HostName = new("a host name", ParseHost, host => host);

    public static readonly ScalarKind<string?> Ipv4 = Address("an IPv4 address", AddressFamily.InterNetwork);

    public static readonly ScalarKind<string?> Ipv6 = Address("an IPv6 address", AddressFamily.InterNetworkV6);

    public static readonly ScalarKind<string?> AnyAddress = Address("an IP address", null);

    public static readonly ScalarKind<string?> CertName = new("a certificate name", ParseCertName, certName => certName ?? "\"\"");

    public static readonly ScalarKind<double> Number = new("a number", ParseNumber, value => value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A bare name or address.</summary>
    public static Parsed<string> ParseHost(string text) => text.Length == 0 || RelayText.Host(text) is not { } host
        ? Parsed<string>.Bad(
            $"\"{text}\" is not the name of a host.",
            "Write the bare name or address, without https:// and without a port; the port goes into derpport.")
        : host;

    private static ScalarKind<string?> Address(string name, AddressFamily? family)
    {
        return new ScalarKind<string?>(name, Parse, address => address ?? "\"\"");

        Parsed<string?> Parse(string text)
        {
            if (text.Length == 0)
            {
                return (string?)null;
            }

            return text == RelayText.NoAddress && family is not null
                ? text
                : RelayText.Address(text, family) is { } address
                ? address
                : Parsed<string?>.Bad(
                    $"\"{text}\" is not {name}.", "Write an address, or leave the key out: clients then look the name up.");
        }
    }

    private static Parsed<string?> ParseCertName(string text)
    {
        if (text.Length == 0)
        {
            return (string?)null;
        }

        if (RelayText.CertName(text) is { } name)
        {
            return name;
        }

        return text.StartsWith(RelayText.HashPrefix, StringComparison.Ordinal)
            ? Parsed<string?>.Bad(
                $"\"{text}\" does not hold {RelayText.HashDigits} hexadecimal digits.",
                $"Write {RelayText.HashPrefix} and the SHA-256 of the certificate's DER form.")
            : Parsed<string?>.Bad($"\"{text}\" is not the name of a certificate.", "Write a name such as example.com, or a hash.");
    }

    private static Parsed<double> ParseNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : Parsed<double>.Bad($"\"{text}\" is not a number.", "Write digits, with a point before the decimals.");
}
