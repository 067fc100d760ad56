using System.Text.Json;
using MeshControl.Derp.Tests.Scripted.Sites;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Scripted;

/// <summary>From the greeting to the server's properties, and what ends a login.</summary>
public abstract class LoginScripts(Func<Task<IRelaySite>> start, bool isShared) : RelayScripts(start, isShared)
{
    private const int MaxLoginLength = 262_144;
    private const int BoxAt = KeyBytes.Length + RelayBox.NonceLength;

    public static TheoryData<string> Logins => new(
        """{"version":2}""",
        """{"VERSION":2,"canackpings":true}""",
        """{"version":2,"CanAckPings":true,"Future":{"a":[1,null]},"AppName":"test"}""",
        """ { "version" : 2 , "IsProber" : false } """,
        """{"version":2,"CanAckPings":true,"meshKey":"0000000000000000000000000000000000000000000000000000000000000000"}""");

    public static TheoryData<string> BadLogins => new("", "{", "[]", "\"\"", """{"version":"two"}""", """{"version":2}}""", """{"version":2""");

    public static TheoryData<string> BadFrames => new(
        "empty", "short of key and nonce", "key and nonce alone", "box without tag", "one bit wrong", "another's key", "zero key",
        "one byte too long", "of another type");

    [Fact]
    public async Task Login_OrdinaryClient_IsToldTheVersionFirst()
    {
        await using var party = NewParty();
        var client = await party.ComesAsync();
        Assert.Equal(2, client.ServerInfo.GetProperty("version").GetInt32());
        Assert.False(client.ServerKey.IsZero);
    }

    [Theory]
    [MemberData(nameof(Logins))]
    public async Task Login_AnyFitJson_IsTaken(string json)
    {
        await using var party = NewParty();
        await party.ComesAsync(login: new RelayLogin { RawJson = json });
    }

    [Theory]
    [MemberData(nameof(BadLogins))]
    public async Task Login_BadJson_ClosesWithoutAWord(string json)
    {
        await using var party = NewParty();
        var client = await party.GreetedAsync();
        await client.SendRawAsync(client.LoginFrame(new RelayLogin { RawJson = json }), Token);
        Assert.Null(await client.ReadFrameAsync(Token));
    }

    [Theory]
    [MemberData(nameof(BadFrames))]
    public async Task Login_BadFrame_ClosesWithoutAWord(string fault)
    {
        await using var party = NewParty();
        var client = await party.GreetedAsync();
        var login = client.LoginFrame()[RelayFrame.HeaderLength..];
        var type = RelayFrameType.ClientInfo;
        switch (fault)
        {
            case "empty":
                login = [];
                break;
            case "short of key and nonce":
                login = login[..(BoxAt - 1)];
                break;
            case "key and nonce alone":
                login = login[..BoxAt];
                break;
            case "box without tag":
                login = login[..(BoxAt + RelayBox.Overhead - 1)];
                break;
            case "one bit wrong":
                login[^1] ^= 1;
                break;
            case "another's key":
                party.Nobody().Bytes.Span.CopyTo(login);
                break;
            case "zero key":
                login.AsSpan(0, KeyBytes.Length).Clear();
                break;
            case "one byte too long":
                login = [.. login, 0];
                break;
            default:
                type = RelayFrameType.SendPacket;
                break;
        }

        await client.SendFrameAsync(new RelayFrame(type, login), Token);
        Assert.Null(await client.ReadFrameAsync(Token));
    }

    [Fact]
    public async Task Login_LongestFrame_IsTaken()
    {
        await using var party = NewParty();
        var client = await party.GreetedAsync();
        var padding = MaxLoginLength - BoxAt - RelayBox.Overhead - """{"version":2}""".Length;
        var frame = client.LoginFrame(new RelayLogin { RawJson = """{"version":2}""" + new string(' ', padding) });
        Assert.Equal(RelayFrame.HeaderLength + MaxLoginLength, frame.Length);

        await client.SendRawAsync(frame, Token);

        await client.ReadServerInfoAsync(Token);
    }

    [Fact]
    public async Task Login_OneByteBeyondTheLongest_ClosesBeforeThePayload()
    {
        await using var party = NewParty();
        var client = await party.GreetedAsync();
        var header = new RelayFrame(RelayFrameType.ClientInfo, default).Encode(statedLength: MaxLoginLength + 1);

        await client.SendRawAsync(header, Token);

        Assert.Null(await client.ReadFrameAsync(Token));
    }

    [Fact]
    public async Task Login_WithFirstPacketsBehindIt_LosesNone()
    {
        await using var party = NewParty();
        var receiver = await party.ComesAsync();
        var client = await party.GreetedAsync();
        byte[] segment =
        [
            .. client.LoginFrame(),
            .. RelayFrame.Of(RelayFrameType.NotePreferred, [1]).Encode(),
            .. RelayFrame.Of(RelayFrameType.SendPacket, receiver.PublicKey.Bytes.Span.ToArray(), [1, 2, 3]).Encode(),
            .. RelayFrame.Of(RelayFrameType.Ping, [1, 2, 3, 4, 5, 6, 7, 8]).Encode(),
        ];

        await client.SendRawAsync(segment, Token);

        await client.ReadServerInfoAsync(Token);
        Assert.Equal(0x0102030405060708u, (await client.ReceiveAsync<RelayMessage.Pong>(Token)).Data);
        var packet = await receiver.ReceiveAsync<RelayMessage.Packet>(Token);
        Assert.Equal(client.PublicKey, packet.Source);
        Assert.Equal([1, 2, 3], packet.Bytes);
    }

    [Fact]
    public async Task Login_ByteByByte_IsTaken()
    {
        await using var party = NewParty();
        var client = await party.GreetedAsync();
        await client.SendByteByByteAsync(client.LoginFrame(), Token);
        await client.ReadServerInfoAsync(Token);
        Assert.Equal(JsonValueKind.Object, client.ServerInfo.ValueKind);
    }

    [Fact]
    public async Task Login_ThatNeverEnds_LeavesNobodyBehind()
    {
        await using var party = NewParty();
        var key = party.NewKey();
        var sender = await party.ComesAsync();
        var client = await party.GreetedAsync(key);
        await client.SendRawAsync(client.LoginFrame().AsMemory(0, 50), Token);

        await sender.SendPacketAsync(client.PublicKey, Party.Disco, Token);

        var notice = Assert.IsType<RelayMessage.PeerGone>(Assert.Single(await sender.DrainAsync(Token)));
        Assert.Equal(PeerGoneReason.NotHere, notice.Reason);
    }
}
