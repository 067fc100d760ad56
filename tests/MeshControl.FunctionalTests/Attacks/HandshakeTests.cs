using System.Net;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Noise;
using MeshControl.Testing.Channels;
using MeshControl.Testing.Peers;

namespace MeshControl.FunctionalTests.Attacks;

/// <summary>Handshakes and records that are cut short, changed, copied, repeated or out of turn.</summary>
[Collection(AttackCollection.Name)]
public sealed class HandshakeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> RecordAttacks =>
        ["bit flipped in the text", "bit flipped in the tag", "bit flipped in the length", "repeated", "out of turn", "one left out", "of another channel"];

    [Fact]
    public async Task Initiation_EveryKindOfDamage_IsA400AndCostsNobodyElse()
    {
        await using var attacked = await AttackedServer.StartAsync();
        var sound = Initiation(attacked);

        // Each byte, so each field; a flipped bit in the version changes the prologue and is found out the same way.
        foreach (var damaged in Enumerable.Range(0, sound.Length).Select(place => Flip(sound, place))
            .Concat(Enumerable.Range(0, 5).Select(cut => sound[..(sound.Length * cut / 5)]))
            .Append([.. sound, 0])
            .Append([.. sound, .. new byte[900]]))
        {
            var (head, body) = await AskAsync(attacked, Convert.ToBase64String(damaged));

            Assert.Equal(HttpStatusCode.BadRequest, head.Status);
            Assert.Contains("handshake header", body, StringComparison.Ordinal);
        }

        await attacked.AssertServesAsync();
    }

    [Fact]
    public async Task Initiation_HeaderOfManyKilobytes_IsRefusedByItsLength()
    {
        await using var attacked = await AttackedServer.StartAsync();

        var (head, _) = await AskAsync(attacked, new string('A', 20_000));

        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, head.Status);
        await attacked.AssertServesAsync();
    }

    // An initiation can be copied from the network and sent again: the handshake has no memory. It opens a channel that says whose machine
    // it would be, and proves nothing: the keys depend on the original's ephemeral key, so the first record ends it.
    [Fact]
    public async Task Initiation_Replayed_OpensAChannelThatNobodyCanUse()
    {
        await using var attacked = await AttackedServer.StartAsync();
        using var handshake = NoiseClientHandshake.Start(attacked.Resident.Identity.MachineKey, attacked.ServerKey.Bytes, version: 138);
        var request = ControlDialer.UpgradeRequest(attacked.Server.Url, handshake.InitiationHeader);
        for (var copy = 0; copy < 20; copy++)
        {
            await using var peer = await ScriptedPeer.ConnectAsync(attacked.Server.Endpoint, Token);
            await peer.SendRawAsync(request, Token);
            Assert.Equal(HttpStatusCode.SwitchingProtocols, (await peer.ReadResponseAsync(Token)).Status);

            await peer.SendRawRecordAsync(NoiseProtocol.RecordType, 60, new byte[60], Token);

            Assert.InRange((await peer.ReadToEndAsync(Token)).Length, 0, NoiseProtocol.MaxRecordLength);
        }

        await attacked.AssertServesAsync();
    }

    [Theory]
    [MemberData(nameof(RecordAttacks))]
    public async Task Record_NotTheNextOneOfItsChannel_EndsTheChannel(string attack)
    {
        await using var attacked = await AttackedServer.StartAsync();
        await using var peer = await attacked.ShakeHandsAsync();
        await using var other = await attacked.ShakeHandsAsync();
        await peer.StartHttp2Async(Token);
        var ping = new Http2Frame(Http2FrameType.Ping, 0, 0, new byte[8]).Encode();
        await peer.SendAsync(ping, Token);
        await peer.ReadFrameAsync(Http2FrameType.Ping, Token);

        var (first, second) = (peer.Seal(ping), peer.Seal(ping));
        await peer.SendRawAsync(
            attack switch
            {
                "bit flipped in the text" => Flip(first, NoiseProtocol.HeaderLength),
                "bit flipped in the tag" => Flip(first, first.Length - 1),
                "bit flipped in the length" => [.. Flip(first, 2), .. second, .. new byte[NoiseProtocol.MaxRecordLength]],
                "repeated" => [.. first, .. first],
                "out of turn" => [.. second, .. first],
                "one left out" => second,
                _ => other.Seal(ping),
            },
            Token);

        await peer.ReadToEndAsync(Token);
        await attacked.AssertServesAsync();
    }

    private static byte[] Initiation(AttackedServer attacked)
    {
        using var machineKey = X25519PrivateKey.Generate();
        using var handshake = NoiseClientHandshake.Start(machineKey, attacked.ServerKey.Bytes, version: 138);
        return Convert.FromBase64String(handshake.InitiationHeader);
    }

    private static byte[] Flip(byte[] bytes, int place)
    {
        var flipped = bytes.ToArray();
        flipped[place] ^= 0x10;
        return flipped;
    }

    private static async Task<(UpgradeResponse Head, string Body)> AskAsync(AttackedServer attacked, string header)
    {
        await using var peer = await ScriptedPeer.ConnectAsync(attacked.Server.Endpoint, Token);
        await peer.SendRawAsync(ControlDialer.UpgradeRequest(attacked.Server.Url, header), Token);
        return await peer.ReadAnswerAsync(Token);
    }
}
