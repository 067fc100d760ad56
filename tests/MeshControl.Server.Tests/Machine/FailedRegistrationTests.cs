using System.Buffers.Binary;
using System.Net;
using MeshControl.Core.Addresses;
using MeshControl.Core.Keys;
using MeshControl.Core.Model;
using MeshControl.Core.Registration;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Machine;
using MeshControl.Server.Noise;
using MeshControl.Server.Tests.Admin;
using MeshControl.Testing.Time;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace MeshControl.Server.Tests.Machine;

/// <summary>How many registrations of one address may fail, and who never counts.</summary>
public sealed class FailedRegistrationTests : IAsyncLifetime
{
    private const int MaxFailedRegistrations = 10;
    private const string WrongKey = "mckey-auth-000000000000-wrong";
    private const string TooMany = "too many registrations from this address have failed; wait a minute and try again";

    private static readonly IPAddress Office = IPAddress.Parse("203.0.113.7");

    private readonly ManualTimeProvider _time = new();
    private ControlPlane _plane = null!;
    private RegisterHandler _handler = null!;
    private string _key = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var anna = new User { Id = new UserId(1), Name = "anna", CreatedAt = _time.GetUtcNow() };
        var settings = new TailnetSettings
        {
            BaseDomain = "mesh.test",
            Addresses = new AddressPlan(IPNetwork.Parse("100.64.0.0/10"), null, AddressStrategy.Sequential),
        };
        var store = new MemoryStore(new StoredTailnet(new TailnetId(1), "default", 0) { Users = [anna] });
        _plane = await ControlPlane.StartAsync(store, settings, _time, NullLoggerFactory.Instance, Cancel);
        var limits = new LimitOptions { MaxFailedRegistrations = MaxFailedRegistrations };
        var options = ServerOptions.CreateDefault(new DefaultPaths("/c", "/d", "/s")) with { Limits = limits };
        _handler = new RegisterHandler(
            new RegistrationService(_plane, _time), new RequestBodies(limits, _time), options, _time, NullLogger<RegisterHandler>.Instance);
        var created = await _plane.Default.ExecuteAsync(new CreatePreAuthKeyCommand { Owner = anna.Id, Reusable = true }, Cancel);
        _key = created.Value.Text;
    }

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Fact]
    public async Task Register_AThousandNodesOfOneAddress_JoinAndComeBackAndNoneIsRefused()
    {
        const int nodes = 1_000;
        for (var machine = 0; machine < nodes; machine++)
        {
            Assert.Equal("", (await RegisterAsync(machine, _key)).Error);
        }

        await FailAsync(nodes, MaxFailedRegistrations);
        Assert.Equal(TooMany, (await RegisterAsync(nodes, WrongKey)).Error);

        for (var machine = 0; machine < nodes; machine++)
        {
            var response = await RegisterAsync(machine, machine % 2 == 0 ? _key : null);
            Assert.Equal(("", true), (response.Error, response.MachineAuthorized));
        }
    }

    [Fact]
    public async Task Register_WrongKeysOfOneAddress_AreRefusedWithASentenceAfterSoMany()
    {
        await FailAsync(1, MaxFailedRegistrations);

        Assert.Equal(TooMany, (await RegisterAsync(2, WrongKey)).Error);
        Assert.Equal(TooMany, (await RegisterAsync(2, _key)).Error);
        Assert.Equal(TooMany, (await RegisterAsync(2, null)).Error);
        Assert.Equal("invalid authkey", (await RegisterAsync(2, WrongKey, address: IPAddress.Parse("203.0.113.8"))).Error);

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("", (await RegisterAsync(2, _key)).Error);
        await FailAsync(1, MaxFailedRegistrations);
        Assert.Equal(TooMany, (await RegisterAsync(1, WrongKey)).Error);
    }

    [Fact]
    public async Task Register_UnknownMachinesThatAskForLogins_CountAndWhoWaitsForOneDoesNot()
    {
        var first = await RegisterAsync(0, null);
        Assert.NotEqual("", first.AuthUrl);
        for (var machine = 1; machine < MaxFailedRegistrations; machine++)
        {
            await RegisterAsync(machine, null);
        }

        Assert.Equal(TooMany, (await RegisterAsync(MaxFailedRegistrations, null)).Error);
        Assert.Equal(TooMany, (await RegisterAsync(1, null, followup: first.AuthUrl)).Error);

        // Nothing else than to wait.
        var waiting = RegisterAsync(0, null, followup: first.AuthUrl);
        Assert.False(waiting.IsCompleted);
        var authId = _plane.Logins.Pending[0].Id;
        Assert.Null((await _plane.Logins.ApproveAsync(
            authId, _plane.Default, new Core.Logins.VerifiedIdentity(new UserId(1), RegisterMethod.Cli))).Error);
        Assert.Equal(("", true), ((await waiting).Error, (await waiting).MachineAuthorized));
    }

    private async Task FailAsync(int machine, int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.Equal("invalid authkey", (await RegisterAsync(machine, WrongKey)).Error);
        }
    }

    private async Task<RegisterResponse> RegisterAsync(int machine, string? key, string followup = "", IPAddress? address = null)
    {
        var request = new RegisterRequest
        {
            Version = 130,
            NodeKey = new NodePublicKey(Key(2, machine)),
            Auth = key is null ? null : new RegisterAuth { AuthKey = key },
            Followup = followup,
            Hostinfo = new Hostinfo { Hostname = $"host{machine}" },
        };
        var (context, answer) = (new DefaultHttpContext(), new MemoryStream());
        context.Connection.RemoteIpAddress = address ?? Office;
        context.Request.Body = new MemoryStream(ControlJson.SerializeToUtf8Bytes(request));
        context.Response.Body = answer;
        await _handler.HandleAsync(context, new Peer(new MachinePublicKey(Key(1, machine))), new MachineRequest());
        return ControlJson.Parse<RegisterResponse>(answer.ToArray());
    }

    private static KeyBytes Key(byte kind, int number)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes.Length];
        bytes[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], number);
        return new KeyBytes(bytes);
    }

    private sealed record Peer(MachinePublicKey MachineKey) : INoisePeer
    {
        public int Version => 130;
    }
}
