using System.Net;
using System.Security.Cryptography;
using System.Text;
using MeshControl.Core.Logins;
using MeshControl.Core.Model;
using MeshControl.Core.Policies;
using MeshControl.Core.SshChecks;
using MeshControl.Core.Storage;
using MeshControl.Core.Users;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;

namespace MeshControl.Store.Tests.Fixtures;

/// <summary>Rows that differ in everything that must differ.</summary>
internal static class Samples
{
    /// <summary>The number of some role that is not the default.</summary>
    public const int AdminRole = 2;

    public static readonly DateTimeOffset Noon = new(2026, 8, 1, 12, 0, 0, TimeSpan.Zero);

    public static KeyBytes Key(string seed) => new(SHA256.HashData(Encoding.UTF8.GetBytes(seed)));

    public static User User(long id, string? name = null) => new() { Id = new UserId(id), Name = name ?? $"user{id}", CreatedAt = Noon };

    public static User FullUser(long id) => UserRoles.WithNumber(AdminRole, User(id) with
    {
        DisplayName = "Ännchen 😀",
        Email = "anna@example.com",
        PictureUrl = "https://example.com/a.png",
        CreatedAt = Noon.AddTicks(1_234_560),
    });

    public static Node Node(long id, UserId? owner = null) => new()
    {
        Id = new NodeId(id),
        Owner = owner,
        MachineKey = new MachinePublicKey(Key($"machine {id}")),
        NodeKey = new NodePublicKey(Key($"node {id}")),
        IPv4 = IPAddress.Parse($"100.64.{id / 256}.{id % 256}"),
        IPv6 = IPAddress.Parse($"fd7a:115c:a1e0::{id:x}"),
        GivenName = $"node{id}",
        Hostinfo = new Hostinfo { Hostname = $"Node {id}" },
        CreatedAt = Noon,
    };

    public static Node FullNode(long id) => Node(id) with
    {
        Tags = ["tag:a", "tag:ü"],
        DiscoKey = new DiscoPublicKey(Key($"disco {id}")),
        NetworkLockKey = new NetworkLockPublicKey(Key($"lock {id}")),
        GivenNameFixed = true,
        Hostinfo = new Hostinfo { Hostname = "bell \a \"quote\" ünï 😀", Os = "linux", Container = false, RequestTags = ["tag:a"] },
        CapabilityVersion = 120,
        Expiry = Noon.AddDays(90),
        Ephemeral = true,
        NeedsApproval = true,
        Method = RegisterMethod.Cli,
        AuthKey = new PreAuthKeyId(77),
    };

    public static NodePresence Presence(int port = 41641) => new()
    {
        Online = true,
        LastSeen = Noon.AddSeconds(port),
        Endpoints = [new IPEndPoint(IPAddress.Parse("192.0.2.1"), port), new IPEndPoint(IPAddress.Parse("2001:db8::1"), port)],
        NetInfo = new NetInfo { PreferredDerp = 3, WorkingUdp = true },
        HomeDerp = 3,
    };

    public static PreAuthKey PreAuthKey(long id) => new()
    {
        Id = new PreAuthKeyId(id),
        Prefix = $"pre{id}",
        Hash = new SecretHash(Key($"secret {id}")),
        CreatedAt = Noon,
    };

    public static PreAuthKey FullPreAuthKey(long id, UserId owner) => PreAuthKey(id) with
    {
        Owner = owner,
        Tags = ["tag:a", "tag:b"],
        Reusable = true,
        Ephemeral = true,
        Preapproved = true,
        Expiry = Noon.AddHours(1),
        RevokedAt = Noon.AddHours(2),
        UsedAt = Noon.AddHours(3),
    };

    public static ApiKey ApiKey(long id) => new()
    {
        Id = new ApiKeyId(id),
        Prefix = $"api{id}",
        Hash = new SecretHash(Key($"api secret {id}")),
        CreatedAt = Noon,
        Expiry = Noon.AddDays(90),
    };

    public static PendingLogin Login(long number) => new()
    {
        Number = number,
        Id = $"mckey-authreq-{number}",
        Machine = new MachinePublicKey(Key($"machine {number}")),
        Request = new RegisterRequest { NodeKey = new NodePublicKey(Key($"node {number}")), Hostinfo = new Hostinfo() },
        Address = "192.0.2.1",
        CreatedAt = Noon,
    };

    public static PendingLogin FullLogin(long number) => Login(number) with
    {
        Request = new RegisterRequest
        {
            Version = 138,
            NodeKey = new NodePublicKey(Key($"node {number}")),
            OldNodeKey = new NodePublicKey(Key($"old node {number}")),
            NlKey = new NetworkLockPublicKey(Key($"lock {number}")),
            Hostinfo = FullNode(1).Hostinfo,
            Expiry = Noon.AddDays(1),
            Ephemeral = true,
        },
        Address = "2001:db8::1",
        CreatedAt = Noon.AddTicks(1_234_560),
    };

    public static SshCheck SshCheck(long number) => new()
    {
        Number = number,
        Id = $"mckey-authreq-{number}",
        Login = new SshLogin(new TailnetId(1), new NodeId(10), null, new NodeId(20), "root"),
        CreatedAt = Noon,
    };

    public static SshCheck FullSshCheck(long number) => SshCheck(number) with
    {
        Login = new SshLogin(new TailnetId(1), new NodeId(10), new UserId(5), new NodeId(20), "Ännchen 😀"),
        ApprovedAt = Noon.AddTicks(1_234_560),
    };

    public static StoredPolicy Policy(long version) =>
        new(version, "{ \"acls\": [] } // version " + version, Noon.AddMinutes(version), "anna");

    public static StoredPolicy FullPolicy(long version) => Policy(version) with
    {
        Text = "// Ännchens 😀\r\n{\t\"acls\": [],\n}\n",
        Origin = PolicyOrigin.File,
        RollbackOf = 1,
    };

    public static RowChange<T> Insert<T>(T entity)
        where T : class => new(RowOperation.Insert, entity);

    public static RowChange<T> Update<T>(T entity)
        where T : class => new(RowOperation.Update, entity);

    public static RowChange<T> Delete<T>(T entity)
        where T : class => new(RowOperation.Delete, entity);
}
