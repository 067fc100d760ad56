using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MeshControl.FunctionalTests.Support;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Configuration.Options;
using MeshControl.Testing.Nodes;
using MeshControl.Testing.Peers;

namespace MeshControl.FunctionalTests.Attacks;

/// <summary>A server with one node that is connected throughout, and with a key for others that come while it is attacked.</summary>
internal sealed class AttackedServer : IAsyncDisposable
{
    private readonly DirectoryInfo _directory;
    private string _key = "";
    private int _joined;

    private AttackedServer(TestServer server, DirectoryInfo directory) => (Server, _directory) = (server, directory);

    public TestServer Server { get; }

    public string UnixSocket { get; private set; } = "";

    public MachinePublicKey ServerKey { get; private set; }

    /// <summary>Was there before the attack and must not notice it.</summary>
    public SimulatedNode Resident { get; private set; } = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<AttackedServer> StartAsync(bool tls = false, TimeProvider? time = null, LimitOptions? limits = null)
    {
        var directory = Directory.CreateTempSubdirectory("meshcontrol-attack-");
        var certificate = tls ? CreateCertificate(directory) : new TlsOptions();
        var socket = "";
        var server = await TestServer.StartAsync(time, options =>
        {
            socket = options.UnixSocket.Path;
            return options with { Tls = certificate, Limits = limits ?? options.Limits };
        });
        var attacked = new AttackedServer(server, directory) { UnixSocket = socket };
        attacked._key = await server.CreateUserWithKeyAsync("alice");
        attacked.Resident = await server.JoinAsync("resident", attacked._key);
        attacked.ServerKey = await attacked.Resident.Client.GetServerKeyAsync(Token);
        return attacked;
    }

    /// <summary>
    /// A new node joins and learns of the one that was there, which learns of it and was never cut off: what others have of a server while
    /// somebody attacks it. Both know what the server would tell them, so nothing that they see may be changing just now.
    /// </summary>
    public async Task AssertServesAsync() => await NetmapOracle.AssertConvergedAsync(Resident, await AssertJoinsAsync());

    /// <summary>The same while what they see changes all the time.</summary>
    /// <returns>The node that joined.</returns>
    public async Task<SimulatedNode> AssertJoinsAsync()
    {
        var name = $"honest{++_joined}";
        var node = await Server.JoinAsync(name, _key);
        await node.WaitForAsync(map => map.FindPeer("resident") is not null);
        await Resident.WaitForAsync(map => map.FindPeer(name) is not null);
        Assert.Equal(1, Resident.Traffic.Streams);
        Assert.Equal(1, Resident.Traffic.Channels);
        return node;
    }

    /// <summary>A node that has logged in and asked for no map yet: what it does then is for the test.</summary>
    public async Task<SimulatedNode> LogInAsync(string name)
    {
        var node = Server.NewNode(name, _key);
        await node.RegisterAsync(_key, Token);
        return node;
    }

    /// <summary>A stranger that has shaken hands, with a machine key that no node has.</summary>
    public async Task<ScriptedPeer> ShakeHandsAsync()
    {
        using var machineKey = X25519PrivateKey.Generate();
        return await ScriptedPeer.ShakeHandsAsync(Server.Endpoint, machineKey, ServerKey, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private static TlsOptions CreateCertificate(DirectoryInfo directory)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var paths = new TlsOptions
        {
            CertPath = Path.Combine(directory.FullName, "cert.pem"),
            KeyPath = Path.Combine(directory.FullName, "key.pem"),
        };
        File.WriteAllText(paths.CertPath, certificate.ExportCertificatePem());
        File.WriteAllText(paths.KeyPath, key.ExportPkcs8PrivateKeyPem());
        return paths;
    }
}
