using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.V1;

namespace MeshControl.Cli.Tests.Support;

/// <summary>Messages as a server would send them.</summary>
internal static class Sample
{
    public static User User(long id, string name) => new()
    {
        Id = id,
        Name = name,
        DisplayName = "Ada Lovelace",
        Email = "ada@example.com",
        Provider = "local",
        CreatedAt = Time("2026-07-01T10:20:30Z"),
    };

    public static Node Node(long id, string name) => new()
    {
        Id = id,
        MachineKey = "mkey:" + new string('1', 64),
        NodeKey = "nodekey:" + new string('2', 64),
        DiscoKey = "discokey:" + new string('3', 64),
        IpAddresses = { "100.64.0.1", "fd7a:115c:a1e0::1" },
        Hostname = name + "-host",
        GivenName = name,
        User = User(1, "ada"),
        Online = true,
        LastSeen = Time("2026-07-31T00:00:00Z"),
        Expiry = Time("2026-12-31T23:59:59.5Z"),
        CreatedAt = Time("2026-07-02T00:00:00Z"),
        RegisterMethod = RegisterMethod.AuthKey,
        PreAuthKeyId = 7,
    };

    public static PreAuthKey PreAuthKey(long id) => new()
    {
        Id = id,
        Prefix = "mckey-auth-abcdef012345",
        User = User(1, "ada"),
        Reusable = true,
        Expiration = Time("2026-08-01T11:00:00Z"),
        CreatedAt = Time("2026-07-01T10:00:00Z"),
    };

    public static ApiKey ApiKey(long id) => new()
    {
        Id = id,
        Prefix = "mckey-api-abcdef012345",
        Expiration = Time("2026-08-01T11:00:00Z"),
        CreatedAt = Time("2026-07-01T10:00:00Z"),
    };

    public static GetPolicyResponse Policy(long version, string text) => new()
    {
        Policy = new PolicyVersion
        {
            Version = version,
            AcceptedAt = Time("2026-07-01T10:20:30Z"),
            AcceptedBy = "root",
            Size = text.Length,
            InForce = true,
        },
        Text = text,
    };

    public static Timestamp Time(string text) =>
        Timestamp.FromDateTimeOffset(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture));

    /// <summary>Two regions, one of them from a URL that answers nothing useful any more.</summary>
    public static GetDerpMapResponse Relays() => new()
    {
        Regions =
        {
            new DerpRegion
            {
                Id = 1,
                Code = "nyc",
                Name = "New York",
                Source = "https://maps.example/",
                Nodes =
                {
                    new DerpNode { Name = "1a", HostName = "nyc1.example.com", DerpPort = 443, StunPort = 3478 },
                    new DerpNode { Name = "1s", HostName = "nyc2.example.com", DerpPort = 443, StunPort = 3478, StunOnly = true },
                },
            },
            new DerpRegion
            {
                Id = 999,
                Code = "home",
                Name = "Home",
                Source = "derp.server",
                Nodes =
                {
                    new DerpNode { Name = "999", HostName = "home.example.com", Ipv4 = "192.0.2.7", Ipv6 = "2001:db8::7", DerpPort = 8443 },
                },
            },
        },
        Sources =
        {
            new DerpSource
            {
                Name = "https://maps.example/",
                Kind = DerpSourceKind.Url,
                ReadAt = new DateTimeOffset(2026, 8, 1, 10, 0, 0, TimeSpan.Zero).ToTimestamp(),
                Problem = "it answers 404",
            },
            new DerpSource { Name = "derp.server", Kind = DerpSourceKind.OwnRelay },
        },
    };
}
