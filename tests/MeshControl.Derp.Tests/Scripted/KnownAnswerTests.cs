using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Relays;

namespace MeshControl.Derp.Tests.Scripted;

/// <summary>The tests' own boxes, frames and probes against known answers, so that they may judge the product's.</summary>
public sealed class KnownAnswerTests
{
    private const string ServerPrivate = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
    private const string ServerPublic = "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f";
    private const string APrivate = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";
    private const string APublic = "07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c";
    private const string BPublic = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";

    private const string Greeting = "010000002844455250f09f9491" + ServerPublic;

    private const string LoginOfA =
        "0200000068" + APublic + "404142434445464748494a4b4c4d4e4f5051525354555657"
        + "ac1bcb958a6e97f0f781f686bb25e4fc71417399e4f2f3c655c3927905a1aeaeef6b26ae07dad2d0769e1ae0f08d8e26";

    private const string PropertiesForA =
        "0300000035808182838485868788898a8b8c8d8e8f9091929394959697"
        + "26d73891786cf84cf4969342f765fe52ac0a47bece4276b385c6b5c9d5";

    private const string LimitsForA =
        "0300000078a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7"
        + "c708ad5ddf03e3d57bec3a117d2cf58487a789f440ef705d22d60a34187614ed"
        + "bb868cc68b9c99f7987948d75c185f60c9dfb5f4b07cfee7ebb795d86f7dcd1f939b446a65ab24e5222817881e3aaac55e6c45e8a7accd4576243c500c06c92e";

    private const string StunRequest = "000100142112a442101112131415161718191a1b802200087461696c6e6f646580280004ac276261";

    private static readonly byte[] Transaction = [.. Enumerable.Range(0x10, StunProbe.TransactionLength).Select(i => (byte)i)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(APrivate, ServerPublic, "f5b54366c21ee462b05951310b411b2d65a43e8d2f9416a5ba0d83250630a9a9")]
    [InlineData(ServerPrivate, APublic, "f5b54366c21ee462b05951310b411b2d65a43e8d2f9416a5ba0d83250630a9a9")]
    [InlineData(ServerPrivate, BPublic, "1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389")]
    public void SharedKey_KnownParties_IsTheKnownOne(string mine, string theirs, string expected)
    {
        using var key = Private(mine);
        Assert.Equal(expected, Convert.ToHexStringLower(RelayBox.SharedKey(key, Public(theirs))));
    }

    [Fact]
    public async Task Login_KnownKeysAndNonce_IsTheKnownFrame()
    {
        await using var client = await GreetedAsync("");
        Assert.Equal(LoginOfA, Convert.ToHexStringLower(client.LoginFrame(nonce: [.. Enumerable.Range(0x40, RelayBox.NonceLength).Select(i => (byte)i)])));
    }

    [Theory]
    [InlineData(PropertiesForA, """{"version":2}""")]
    [InlineData(LimitsForA, """{"version":2,"TokenBucketBytesPerSecond":1250000,"TokenBucketBytesBurst":131072}""")]
    public async Task ServerInfo_KnownFrame_Opens(string frame, string json)
    {
        await using var client = await GreetedAsync(frame);
        await client.ReadServerInfoAsync(Token);
        Assert.Equal(json, client.ServerInfo.GetRawText());
    }

    [Fact]
    public async Task ServerInfo_WithOneBitWrong_DoesNotOpen()
    {
        await using var client = await GreetedAsync(PropertiesForA[..^1] + "4");
        await Assert.ThrowsAsync<RelayProtocolException>(() => client.ReadServerInfoAsync(Token));
    }

    [Fact]
    public async Task Receive_KnownFrames_AreRead()
    {
        var a = new NodePublicKey(Public(APublic));
        await using var client = await GreetedAsync(
            "0600000000" + "13000000080102030405060708" + "14000000096475706c6963617465" + "1400000000" + "1500000008000005dc00000bb8"
            + "0500000025" + APublic + "68656c6c6f" + "0800000021" + APublic + "00" + "0800000021" + APublic + "01"
            + "0900000033" + APublic + "00000000000000000000ffffc0000221d43101" + "0900000033" + APublic + "20010db800000000000000000000000701bb02");

        Assert.Equal(new RelayMessage.KeepAlive(), await client.ReceiveAsync(Token));
        Assert.Equal(new RelayMessage.Pong(0x0102030405060708), await client.ReceiveAsync(Token));
        Assert.Equal(new RelayMessage.Health("duplicate"), await client.ReceiveAsync(Token));
        Assert.Equal(new RelayMessage.Health(""), await client.ReceiveAsync(Token));
        Assert.Equal(new RelayMessage.Restarting(TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(3)), await client.ReceiveAsync(Token));
        var packet = await client.ReceiveAsync<RelayMessage.Packet>(Token);
        Assert.Equal((a, "hello"), (packet.Source, Encoding.ASCII.GetString(packet.Bytes)));
        Assert.Equal(new RelayMessage.PeerGone(a, PeerGoneReason.Disconnected), await client.ReceiveAsync(Token));
        Assert.Equal(new RelayMessage.PeerGone(a, PeerGoneReason.NotHere), await client.ReceiveAsync(Token));
        Assert.Equal(
            new RelayMessage.PeerPresent(a, IPEndPoint.Parse("192.0.2.33:54321"), PeerPresentFlags.Regular), await client.ReceiveAsync(Token));
        Assert.Equal(
            new RelayMessage.PeerPresent(a, IPEndPoint.Parse("[2001:db8::7]:443"), PeerPresentFlags.MeshPeer), await client.ReceiveAsync(Token));
        Assert.Null(await client.TryReceiveAsync(Token));
    }

    [Fact]
    public void StunRequest_KnownTransaction_IsTheKnownOne() =>
        Assert.Equal(StunRequest, Convert.ToHexStringLower(StunProbe.Request(Transaction)));

    [Theory]
    [InlineData("203.0.113.5:41641", "0101000c2112a442101112131415161718191a1b00200008000183bbea12d547")]
    [InlineData("[2001:db8::1]:41641", "010100182112a442101112131415161718191a1b00200014000283bb0113a9fa101112131415161718191a1a")]
    public void StunAnswer_KnownOne_IsRead(string endpoint, string answer) =>
        Assert.Equal(IPEndPoint.Parse(endpoint), StunProbe.ReadAnswer(Convert.FromHexString(answer), Transaction));

    [Theory]
    [InlineData("derpkey" + ServerPublic, 2, true)]
    [InlineData("derpkey" + ServerPublic, 255, true)]
    [InlineData("derpkey" + ServerPublic, 256, false)]
    [InlineData("derpke" + ServerPublic, 2, false)]
    [InlineData("derpkey", 2, false)]
    public void MetaCertificate_NameAndNumber_TellTheKey(string name, int serial, bool isOne)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        var subject = new X500DistinguishedName($"CN={name}");
        byte[] number = serial > byte.MaxValue ? [(byte)(serial >> 8), (byte)serial] : serial > sbyte.MaxValue ? [0, (byte)serial] : [(byte)serial];
        using var certificate = new CertificateRequest(subject, key, HashAlgorithmName.SHA256)
            .Create(subject, X509SignatureGenerator.CreateForECDsa(key), now, now.AddDays(1), number);

        var found = MetaCertificate.Find([certificate]);

        Assert.Equal(isOne ? (Public(ServerPublic), serial) : null, found);
    }

    private static async Task<RelayClient> GreetedAsync(string rest)
    {
        var key = Private(APrivate);
        var client = RelayClient.Over(new MemoryStream(Convert.FromHexString(Greeting + rest)), key);
        await client.ReadGreetingAsync(Token);
        return client;
    }

    private static X25519PrivateKey Private(string hex) => X25519PrivateKey.Import(Convert.FromHexString(hex));

    private static KeyBytes Public(string hex) => new(Convert.FromHexString(hex));
}
