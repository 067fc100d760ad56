using System.Globalization;

namespace MeshControl.Policy.Language;

/// <summary>The protocols that policies know by name.</summary>
public static class IpProtocols
{
    public const int Icmp = 1;
    public const int Tcp = 6;
    public const int Udp = 17;
    public const int IcmpV6 = 58;
    public const int Sctp = 132;

    private static readonly (string Name, int Number)[] All =
    [
        ("icmp", Icmp),
        ("igmp", 2),
        ("ipv4", 4),
        ("ip-in-ip", 4),
        ("tcp", Tcp),
        ("egp", 8),
        ("igp", 9),
        ("udp", Udp),
        ("gre", 47),
        ("esp", 50),
        ("ah", 51),
        ("ipv6-icmp", IcmpV6),
        ("sctp", Sctp),
        ("fc", 133),
    ];

    private static readonly Dictionary<string, int> Numbers =
        All.ToDictionary(known => known.Name, known => known.Number, StringComparer.OrdinalIgnoreCase);

    /// <summary>True for those whose packets have ports that clients look at.</summary>
    public static bool HasPorts(int protocol) => protocol is Tcp or Udp or Sctp;

    /// <summary>The name if it has one, else the number.</summary>
    public static string NameOf(int protocol) =>
        Array.Find(All, known => known.Number == protocol).Name ?? protocol.ToString(CultureInfo.InvariantCulture);

    /// <param name="text">A name in any case, or a number from 1 to 255 without leading zeros.</param>
    /// <param name="protocol">Its number.</param>
    public static bool TryParse(string text, out int protocol)
    {
        if (Numbers.TryGetValue(text, out protocol))
        {
            return true;
        }

        return !text.StartsWith('0')
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out protocol)
            && protocol <= byte.MaxValue;
    }
}
