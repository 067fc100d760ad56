using System.Buffers;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;
using MeshControl.Protocol.Noise;

namespace MeshControl.Protocol.Tests.Noise;

/// <summary>
/// One complete handshake with fixed keys. The private keys are 32 equal bytes; the answers were computed by code that also
/// reproduces the public vectors for this Noise pattern.
/// </summary>
public sealed class KnownAnswerTests
{
    private const int Version = 113;

    private const string MachinePublic = "7b4e909bbe7ffe44c465a220037d608ee35897d31ef972f07f74892cb0f73f13";
    private const string ServerPublic = "7b0d47d93427f8311160781c7c733fd89f88970aef490d8aa0ee19a4cb8a1b14";
    private const string HashAfterInitiation = "52b8f8bcfaf90abc29e758cab772f6f9a95a896e5d6dfb7b850d1778b7d37bae";
    private const string FinalHash = "dd297d1d3fa4d71605d3b77e1b173181c073110e4cdf9672828fcdfe4f138b87";

    private const string Initiation =
        "00710100600faa684ed28867b97f4a6a2dee5df8ce974e76b7018e3f22a1c4cf2678570f20" +
        "61d2949213e755bc180b5d5dbbd8c50a2a1beb69f8940d24cab4606a34cd5d41f9d17afbcd2c70cdff7c982b922df1bd" +
        "9a57bb432d58e197f5f11b644c054435";

    private const string InitiationHeader =
        "AHEBAGAPqmhO0ohnuX9Kai3uXfjOl052twGOPyKhxM8meFcPIGHSlJIT51W8GAtdXbvYxQoqG+tp+JQNJMq0YGo0zV1B+dF6+80scM3/" +
        "fJgrki3xvZpXu0MtWOGX9fEbZEwFRDU=";

    private const string Response =
        "020030ff2ee45601ec1b67310c7790404585ae697331eee1c1f8cf2419731c1fff3e6b0eddc22d979a1022201bb5cd3643c054";

    private const string ClientKey = "d9811dd6a320dc8484bb37ea989640c99f99a8582f50b829e347bd75da510717";
    private const string ServerKey = "8561e3fd4551ed82ee22220925e41e923d64b1c04b856f8ec1eaa544a511a427";

    private const string EarlyPayloadText = "ffffff5453000000027b7d";
    private const string HelloText = "68656c6c6f";
    private const string ServerRecord0 = "04001b06f1bcb53428b217889c627ebb61c3fbbde1d9829a62df3895d710";
    private const string ServerRecord1 = "040015c1106eb50797a16fe0b0aa429d431066b28ec4eacb";
    private const string ClientRecord0 = "0400153eb7c70f517b459ce906fe831d0a1cc7d9d8bf3725";
    private const string ClientRecord1 = "04001506247a9f9b8d4f68a2fe2e148d0b8612cfd0d21146";

    [Fact]
    public void PublicKey_OfFixedPrivateKey_IsKnown()
    {
        using var machineKey = PrivateKey(0x11);
        using var serverKey = PrivateKey(0x33);

        Assert.Equal(MachinePublic, Convert.ToHexStringLower(machineKey.PublicKey.Span));
        Assert.Equal(ServerPublic, Convert.ToHexStringLower(serverKey.PublicKey.Span));
    }

    [Fact]
    public void Start_FixedKeys_WritesKnownInitiation()
    {
        using var machineKey = PrivateKey(0x11);
        using var handshake = StartClient(machineKey);

        Assert.Equal(Initiation, Convert.ToHexStringLower(handshake.Initiation.Span));
        Assert.Equal(InitiationHeader, handshake.InitiationHeader);
        Assert.Equal(HashAfterInitiation, Convert.ToHexStringLower(handshake.HandshakeHash.Span));
    }

    [Fact]
    public void TryDecodeInitiation_KnownHeader_GivesInitiation()
    {
        var initiation = new byte[NoiseProtocol.InitiationLength];

        Assert.True(NoiseProtocol.TryDecodeInitiation(InitiationHeader, initiation));
        Assert.Equal(Initiation, Convert.ToHexStringLower(initiation));
    }

    [Fact]
    public void TryRespond_FixedKeys_WritesKnownResponse()
    {
        using var session = Respond(out var response);

        Assert.Equal(Response, Convert.ToHexStringLower(response));
        Assert.Equal(MachinePublic, Convert.ToHexStringLower(session.PeerKey.Span));
        Assert.Equal(Version, session.Version);
        Assert.Equal(FinalHash, Convert.ToHexStringLower(session.HandshakeHash.Span));
    }

    [Fact]
    public void TryFinish_KnownResponse_GivesKnownHash()
    {
        using var session = Finish();

        Assert.Equal(ServerPublic, Convert.ToHexStringLower(session.PeerKey.Span));
        Assert.Equal(Version, session.Version);
        Assert.Equal(FinalHash, Convert.ToHexStringLower(session.HandshakeHash.Span));
    }

    [Fact]
    public void Seal_ByServer_GivesKnownRecords()
    {
        using var session = Respond(out _);

        Assert.Equal(ServerRecord0, Seal(session.Sending, EarlyPayloadText));
        Assert.Equal(ServerRecord1, Seal(session.Sending, HelloText));
    }

    [Fact]
    public void Seal_ByClient_GivesKnownRecords()
    {
        using var session = Finish();

        Assert.Equal(ClientRecord0, Seal(session.Sending, HelloText));
        Assert.Equal(ClientRecord1, Seal(session.Sending, HelloText));
    }

    [Fact]
    public void Open_ByServer_ReadsKnownRecords()
    {
        using var session = Respond(out _);

        Assert.Equal(HelloText, Open(session.Receiving, ClientRecord0));
        Assert.Equal(HelloText, Open(session.Receiving, ClientRecord1));
    }

    [Fact]
    public void Open_ByClient_ReadsKnownRecords()
    {
        using var session = Finish();

        Assert.Equal(EarlyPayloadText, Open(session.Receiving, ServerRecord0));
        Assert.Equal(HelloText, Open(session.Receiving, ServerRecord1));
    }

    [Theory]
    [InlineData(ClientKey, ClientRecord0, ClientRecord1, HelloText)]
    [InlineData(ServerKey, ServerRecord0, ServerRecord1, EarlyPayloadText)]
    public void Cipher_WithKnownKey_SealsKnownRecords(string key, string record0, string record1, string firstText)
    {
        using var cipher = new NoiseCipher(Convert.FromHexString(key));

        Assert.Equal(record0, Seal(cipher, firstText));
        Assert.Equal(record1, Seal(cipher, HelloText));
    }

    private static X25519PrivateKey PrivateKey(byte value) =>
        X25519PrivateKey.Import(Enumerable.Repeat(value, KeyBytes.Length).ToArray());

    private static NoiseClientHandshake StartClient(X25519PrivateKey machineKey) =>
        NoiseClientHandshake.Start(machineKey, PrivateKey(0x22), new KeyBytes(Convert.FromHexString(ServerPublic)), Version);

    private static NoiseSession Respond(out byte[] response)
    {
        using var serverKey = PrivateKey(0x33);
        using var ephemeralKey = PrivateKey(0x44);
        response = new byte[NoiseProtocol.ResponseLength];
        var result = NoiseServerHandshake.TryRespond(
            serverKey, ephemeralKey, Convert.FromHexString(Initiation), response, out var session);
        Assert.Equal(HandshakeResult.Ok, result);
        return session!;
    }

    private static NoiseSession Finish()
    {
        using var machineKey = PrivateKey(0x11);
        using var handshake = StartClient(machineKey);
        Assert.Equal(HandshakeResult.Ok, handshake.TryFinish(Convert.FromHexString(Response), out var session));
        return session!;
    }

    private static string Seal(NoiseCipher cipher, string plaintextHex)
    {
        var plaintext = Convert.FromHexString(plaintextHex);
        var record = new byte[plaintext.Length + NoiseProtocol.RecordOverhead];
        plaintext.CopyTo(record, NoiseProtocol.HeaderLength);
        Assert.True(NoiseRecord.TrySeal(cipher, record));
        return Convert.ToHexStringLower(record);
    }

    private static string Open(NoiseCipher cipher, string recordHex)
    {
        var buffer = new ReadOnlySequence<byte>(Convert.FromHexString(recordHex));
        Assert.Equal(NoiseRecordStatus.Done, NoiseRecord.Read(ref buffer, out var ciphertext));
        var plaintext = new byte[NoiseProtocol.MaxPlaintextLength];
        Assert.True(NoiseRecord.TryOpen(cipher, ciphertext, plaintext, out var written));
        return Convert.ToHexStringLower(plaintext.AsSpan(0, written));
    }
}
