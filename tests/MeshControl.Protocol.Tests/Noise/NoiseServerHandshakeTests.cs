using System.Security.Cryptography;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;
using MeshControl.Protocol.Noise;
using MeshControl.Protocol.Tests.Crypto;

namespace MeshControl.Protocol.Tests.Noise;

public sealed class NoiseServerHandshakeTests : IDisposable
{
    private const int Version = 113;

    private readonly byte[] _serverSecret = RandomNumberGenerator.GetBytes(KeyBytes.Length);
    private readonly X25519PrivateKey _serverKey;
    private readonly X25519PrivateKey _machineKey = X25519PrivateKey.Generate();

    public NoiseServerHandshakeTests() => _serverKey = X25519PrivateKey.Import(_serverSecret);

    public void Dispose()
    {
        _serverKey.Dispose();
        _machineKey.Dispose();
    }

    [Fact]
    public void TryRespond_WholeHandshake_BothSidesUnderstandEachOther()
    {
        using var client = NoiseClientHandshake.Start(_machineKey, _serverKey.PublicKey, Version);
        var response = new byte[NoiseProtocol.ResponseLength];

        Assert.Equal(HandshakeResult.Ok, NoiseServerHandshake.TryRespond(_serverKey, client.Initiation.Span, response, out var atServer));
        Assert.Equal(HandshakeResult.Ok, client.TryFinish(response, out var atClient));
        using (atServer)
        using (atClient)
        {
            Assert.Equal(_machineKey.PublicKey, atServer!.PeerKey);
            Assert.Equal(_serverKey.PublicKey, atClient!.PeerKey);
            Assert.Equal(atServer.HandshakeHash.Span, atClient.HandshakeHash.Span);
            CheckDirection(atServer.Sending, atClient.Receiving);
            CheckDirection(atClient.Sending, atServer.Receiving);
        }
    }

    [Fact]
    public void TryRespond_EveryOtherLength_IsMalformed()
    {
        var initiation = Initiate();
        for (var length = 0; length < initiation.Length; length++)
        {
            Assert.Equal(HandshakeResult.Malformed, Respond(initiation[..length]));
        }

        Assert.Equal(HandshakeResult.Malformed, Respond([.. initiation, 0]));
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(2, NoiseProtocol.ResponseType)]
    [InlineData(2, NoiseProtocol.ErrorType)]
    [InlineData(2, NoiseProtocol.RecordType)]
    [InlineData(3, 1)]
    [InlineData(4, 95)]
    [InlineData(4, 97)]
    public void TryRespond_WrongTypeOrLengthField_IsMalformed(int offset, byte value)
    {
        var initiation = Initiate();
        initiation[offset] = value;

        Assert.Equal(HandshakeResult.Malformed, Respond(initiation));
    }

    [Fact]
    public void TryRespond_AnyBitFlipped_IsRefused()
    {
        var initiation = Initiate();
        for (var bit = 0; bit < initiation.Length * 8; bit++)
        {
            initiation[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotEqual(HandshakeResult.Ok, Respond(initiation));
            initiation[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Equal(HandshakeResult.Ok, Respond(initiation));
    }

    [Fact]
    public void TryRespond_OtherVersionInClear_IsBadAuthentication()
    {
        var initiation = Initiate();
        initiation[1]++;

        Assert.Equal(HandshakeResult.BadAuthentication, Respond(initiation));
    }

    [Fact]
    public void TryRespond_MadeForAnotherServer_IsBadAuthentication()
    {
        using var otherKey = X25519PrivateKey.Generate();
        using var client = NoiseClientHandshake.Start(_machineKey, otherKey.PublicKey, Version);

        Assert.Equal(HandshakeResult.BadAuthentication, Respond(client.Initiation.ToArray()));
    }

    [Fact]
    public void TryRespond_LowOrderEphemeral_IsBadKeyExchange()
    {
        var initiation = Initiate();
        foreach (var point in LowOrderPoints.All)
        {
            point.Span.CopyTo(initiation.AsSpan(NoiseProtocol.VersionLength + NoiseProtocol.HeaderLength));
            Assert.Equal(HandshakeResult.BadKeyExchange, Respond(initiation));
        }
    }

    // Correctly sealed, so that only the check of the agreement itself can refuse it.
    [Fact]
    public void TryRespond_LowOrderMachineKey_IsBadKeyExchange()
    {
        foreach (var point in LowOrderPoints.All)
        {
            var attacker = Reference();
            attacker.ForgedPublicKeys['s'] = point.Span.ToArray();
            Assert.Equal(HandshakeResult.BadKeyExchange, Respond(attacker.Initiate(Version)));
        }
    }

    [Fact]
    public void TryRespond_SomebodyElsesMachineKey_IsBadAuthentication()
    {
        var attacker = Reference();
        attacker.ForgedPublicKeys['s'] = _machineKey.PublicKey.Span.ToArray();

        Assert.Equal(HandshakeResult.BadAuthentication, Respond(attacker.Initiate(Version)));
    }

    [Fact]
    public void TryRespond_ReplayedInitiation_GivesAnotherChannel()
    {
        var initiation = Initiate();
        var response = new byte[NoiseProtocol.ResponseLength];
        Assert.Equal(HandshakeResult.Ok, NoiseServerHandshake.TryRespond(_serverKey, initiation, response, out var first));
        var firstResponse = response.ToArray();
        Assert.Equal(HandshakeResult.Ok, NoiseServerHandshake.TryRespond(_serverKey, initiation, response, out var second));
        using (first)
        using (second)
        {
            Assert.NotEqual(firstResponse, response);
            Assert.NotEqual(first!.HandshakeHash.ToArray(), second!.HandshakeHash.ToArray());
        }
    }

    [Theory]
    [InlineData(NoiseProtocol.ResponseLength - 1)]
    [InlineData(NoiseProtocol.ResponseLength + 1)]
    public void TryRespond_WrongRoomForResponse_Throws(int length) =>
        Assert.Throws<ArgumentException>(() => NoiseServerHandshake.TryRespond(_serverKey, Initiate(), new byte[length], out _));

    private static void CheckDirection(NoiseCipher sending, NoiseCipher receiving)
    {
        foreach (byte[] plaintext in (byte[][])[[1, 2, 3], [], TestBytes.Pattern(NoiseProtocol.MaxPlaintextLength, 5)])
        {
            byte[] message = [.. plaintext, .. new byte[NoiseProtocol.TagLength]];
            Assert.True(sending.TrySeal(message.AsSpan(0, plaintext.Length), message.AsSpan(plaintext.Length)));
            Assert.True(receiving.TryOpen(message, message, out var written));
            Assert.Equal(plaintext, message.AsSpan(0, written));
        }
    }

    private byte[] Initiate()
    {
        using var client = NoiseClientHandshake.Start(_machineKey, _serverKey.PublicKey, Version);
        return client.Initiation.ToArray();
    }

    private ReferenceNoisePeer Reference() => new(
        isInitiator: true,
        RandomNumberGenerator.GetBytes(KeyBytes.Length),
        RandomNumberGenerator.GetBytes(KeyBytes.Length),
        _serverKey.PublicKey.Span.ToArray(),
        Version);

    private HandshakeResult Respond(byte[] initiation)
    {
        var result = NoiseServerHandshake.TryRespond(
            _serverKey, initiation, new byte[NoiseProtocol.ResponseLength], out var session);
        Assert.Equal(result == HandshakeResult.Ok, session is not null);
        session?.Dispose();
        return result;
    }
}
