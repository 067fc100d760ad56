using System.Buffers;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;
using MeshControl.Protocol.Noise;
using MeshControl.Protocol.Tests.Crypto;

namespace MeshControl.Protocol.Tests.Noise;

/// <summary>Our handshake in both roles against <see cref="ReferenceNoisePeer"/>, and against itself.</summary>
public sealed class CrossCheckTests
{
    private const int Handshakes = 40;

    private static readonly int[] NotableVersions = [0, 1, 9, 10, 99, 100, 113, 145, 255, 256, 999, 1000, 9999, 10000, 65535];

    [Fact]
    public void SlowX25519_RandomKeys_EqualsOpenSsl()
    {
        var random = new Random(1);
        for (var i = 0; i < Handshakes; i++)
        {
            var scalar = TestBytes.FromRandom(random, KeyBytes.Length);
            var point = TestBytes.FromRandom(random, KeyBytes.Length);
            using var key = X25519PrivateKey.Import(scalar);
            var shared = new byte[KeyBytes.Length];

            Assert.True(key.TryAgree(new KeyBytes(point), shared));
            Assert.Equal(SlowX25519.Multiply(scalar, point), shared);
            Assert.Equal(SlowX25519.PublicKey(scalar), key.PublicKey.Span);
        }
    }

    [Fact]
    public void TryRespond_ToReferenceClient_AgreesOnEverything()
    {
        var random = new Random(2);
        foreach (var version in Versions(random))
        {
            var serverSecret = TestBytes.FromRandom(random, KeyBytes.Length);
            var machineSecret = TestBytes.FromRandom(random, KeyBytes.Length);
            var ephemeralSecret = TestBytes.FromRandom(random, KeyBytes.Length);
            using var serverKey = X25519PrivateKey.Import(serverSecret);
            var reference = new ReferenceNoisePeer(
                isInitiator: true, machineSecret, ephemeralSecret, SlowX25519.PublicKey(serverSecret), version);
            var response = new byte[NoiseProtocol.ResponseLength];

            var result = NoiseServerHandshake.TryRespond(serverKey, reference.Initiate(version), response, out var session);

            Assert.Equal(HandshakeResult.Ok, result);
            using (session)
            {
                reference.ReadResponse(response);
                var (clientToServer, serverToClient) = reference.Split();
                Assert.Equal(version, session!.Version);
                Assert.Equal(SlowX25519.PublicKey(machineSecret), session.PeerKey.Span);
                Assert.Equal(reference.Hash, session.HandshakeHash.Span);
                CheckRecords(session, sendingKey: serverToClient, receivingKey: clientToServer, random);
            }
        }
    }

    [Fact]
    public void TryFinish_FromReferenceServer_AgreesOnEverything()
    {
        var random = new Random(3);
        foreach (var version in Versions(random))
        {
            var serverSecret = TestBytes.FromRandom(random, KeyBytes.Length);
            var serverPublic = SlowX25519.PublicKey(serverSecret);
            using var machineKey = X25519PrivateKey.Generate();
            using var handshake = NoiseClientHandshake.Start(machineKey, new KeyBytes(serverPublic), version);
            var reference = new ReferenceNoisePeer(
                isInitiator: false, serverSecret, TestBytes.FromRandom(random, KeyBytes.Length), serverPublic, version);

            reference.ReadInitiation(handshake.Initiation.ToArray());
            Assert.Equal(reference.Hash, handshake.HandshakeHash.Span);
            var result = handshake.TryFinish(reference.Respond(), out var session);

            Assert.Equal(HandshakeResult.Ok, result);
            using (session)
            {
                var (clientToServer, serverToClient) = reference.Split();
                Assert.Equal(machineKey.PublicKey.Span, reference.RemoteStatic);
                Assert.Equal(serverPublic, session!.PeerKey.Span);
                Assert.Equal(version, session.Version);
                Assert.Equal(reference.Hash, session.HandshakeHash.Span);
                CheckRecords(session, sendingKey: clientToServer, receivingKey: serverToClient, random);
            }
        }
    }

    private static IEnumerable<int> Versions(Random random)
    {
        foreach (var version in NotableVersions)
        {
            yield return version;
        }

        for (var i = NotableVersions.Length; i < Handshakes; i++)
        {
            yield return random.Next(ushort.MaxValue + 1);
        }
    }

    // More than 256 records, so that the counter's second byte moves too.
    private static void CheckRecords(NoiseSession session, byte[] sendingKey, byte[] receivingKey, Random random)
    {
        const int Records = 260;
        for (ulong counter = 0; counter < Records; counter++)
        {
            var plaintext = TestBytes.FromRandom(random, random.Next(40));
            var record = new byte[plaintext.Length + NoiseProtocol.RecordOverhead];
            plaintext.CopyTo(record, NoiseProtocol.HeaderLength);
            Assert.True(NoiseRecord.TrySeal(session.Sending, record));
            Assert.Equal(ReferenceNoisePeer.SealRecord(sendingKey, counter, plaintext), record);

            var buffer = new ReadOnlySequence<byte>(ReferenceNoisePeer.SealRecord(receivingKey, counter, plaintext));
            var opened = new byte[plaintext.Length];
            Assert.Equal(NoiseRecordStatus.Done, NoiseRecord.Read(ref buffer, out var ciphertext));
            Assert.True(NoiseRecord.TryOpen(session.Receiving, ciphertext, opened, out var written));
            Assert.Equal(plaintext, opened.AsSpan(0, written));
        }
    }
}
