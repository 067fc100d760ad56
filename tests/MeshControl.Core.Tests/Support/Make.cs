using System.Buffers.Binary;
using System.Net;
using MeshControl.Core.Addresses;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;

namespace MeshControl.Core.Tests.Support;

/// <summary>Makes what tests need, each with as few words as possible. Equal numbers make equal keys.</summary>
internal static class Make
{
    public static readonly DateTimeOffset Created = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static MachinePublicKey Machine(int number) => new(Key(1, number));

    public static NodePublicKey NodeKey(int number) => new(Key(2, number));

    public static DiscoPublicKey Disco(int number) => new(Key(3, number));

    public static NetworkLockPublicKey NlKey(int number) => new(Key(4, number));

    public static IPEndPoint Endpoint(int port) => new(IPAddress.Parse("203.0.113.1"), port);

    public static TailnetSettings Settings(string v4 = "100.64.0.0/10", string? v6 = "fd7a:115c:a1e0::/48") => new()
    {
        BaseDomain = "mesh.test",
        Addresses = new AddressPlan(IPNetwork.Parse(v4), v6 is null ? null : IPNetwork.Parse(v6), AddressStrategy.Sequential),
    };

    public static User User(long id, string? name = null) => new()
    {
        Id = new UserId(id),
        Name = name ?? $"user{id}",
        CreatedAt = Created,
    };

    /// <summary>A node that its peers know, of user 1, with a name, keys and addresses that follow from its id.</summary>
    public static Node Node(int id) => new()
    {
        Id = new NodeId(id),
        Owner = new UserId(1),
        MachineKey = Machine(id),
        NodeKey = NodeKey(id),
        DiscoKey = Disco(id),
        IPv4 = IPv4(id),
        IPv6 = IPAddress.Parse($"fd7a:115c:a1e0::{id:x}"),
        GivenName = $"node{id}",
        Hostinfo = new Hostinfo { Hostname = $"node{id}", Os = "linux" },
        CapabilityVersion = 130,
        CreatedAt = Created,
    };

    public static IPAddress IPv4(int number) => new([100, 64, (byte)(number >> 8), (byte)number]);

    /// <summary>A request as a client of a current release sends it.</summary>
    public static RegisterRequest Register(int nodeKey, string? authKey = null, string hostname = "laptop") => new()
    {
        Version = 130,
        NodeKey = NodeKey(nodeKey),
        NlKey = NlKey(nodeKey),
        Auth = authKey is null ? null : new RegisterAuth { AuthKey = authKey },
        Hostinfo = new Hostinfo { Hostname = hostname, Os = "linux" },
    };

    private static KeyBytes Key(byte kind, int number)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes.Length];
        bytes[0] = kind;
        bytes[31] = 1;

        // Where the hash looks, so that keys spread.
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], number);
        return new KeyBytes(bytes);
    }
}
