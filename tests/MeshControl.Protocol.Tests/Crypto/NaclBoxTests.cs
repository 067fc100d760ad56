using System.Security.Cryptography;
using System.Text;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Tests.Crypto;

public sealed class NaclBoxTests
{
    // The keys of the published NaCl check; the server of the relay's vectors is its second one.
    private const string AliceSecret = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";
    private const string BobSecret = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
    private const string ClientSecret = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";

    // nacl-20110221, tests/box.c.
    private const string PublishedNonce = "69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37";

    private const string PublishedPlain =
        "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb31"
        + "0e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f93776384864"
        + "5e0705";

    private const string PublishedBox =
        "f3ffc7703f9400e52a7dfb4b3d3305d9"
        + "8e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738"
        + "b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74"
        + "e355a5";

    [Fact]
    public void Box_OfNaClsOwnCheck_IsTheSame()
    {
        using var alice = Import(AliceSecret);
        using var bob = Import(BobSecret);

        Assert.Equal(PublishedBox, Hex(Seal(alice, bob.PublicKey, Bytes(PublishedNonce), Bytes(PublishedPlain))));
        Assert.Equal(PublishedPlain, Hex(Open(bob, alice.PublicKey, Bytes(PublishedNonce), Bytes(PublishedBox))!));
    }

    // A client's login and two answers of the server, each with the nonce counting up from its first byte.
    [Theory]
    [InlineData(true, 0x40, """{"version":2,"CanAckPings":true}""", "ac1bcb958a6e97f0f781f686bb25e4fc71417399e4f2f3c655c3927905a1aeaeef6b26ae07dad2d0769e1ae0f08d8e26")]
    [InlineData(false, 0x80, """{"version":2}""", "26d73891786cf84cf4969342f765fe52ac0a47bece4276b385c6b5c9d5")]
    [InlineData(
        false,
        0xA0,
        """{"version":2,"TokenBucketBytesPerSecond":1250000,"TokenBucketBytesBurst":131072}""",
        "c708ad5ddf03e3d57bec3a117d2cf58487a789f440ef705d22d60a34187614edbb868cc68b9c99f7987948d75c185f60c9dfb5f4b07cfee7ebb795d86f7dcd1f"
        + "939b446a65ab24e5222817881e3aaac55e6c45e8a7accd4576243c500c06c92e")]
    public void Box_OfARelaysLogin_IsTheSame(bool fromClient, int firstOfNonce, string json, string box)
    {
        using var client = Import(ClientSecret);
        using var server = Import(BobSecret);
        var (sender, recipient) = fromClient ? (client, server) : (server, client);
        byte[] nonce = [.. Enumerable.Range(firstOfNonce, NaclBox.NonceLength).Select(value => (byte)value)];

        Assert.Equal(box, Hex(Seal(sender, recipient.PublicKey, nonce, Encoding.UTF8.GetBytes(json))));
        Assert.Equal(json, Encoding.UTF8.GetString(Open(recipient, sender.PublicKey, nonce, Bytes(box))!));
    }

    [Theory]
    [InlineData(AliceSecret, BobSecret, "1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389")]
    [InlineData(ClientSecret, BobSecret, "f5b54366c21ee462b05951310b411b2d65a43e8d2f9416a5ba0d83250630a9a9")]
    public void DeriveKey_OfASharedSecret_IsThePublishedKey(string ownSecret, string peerSecret, string expected)
    {
        using var own = Import(ownSecret);
        using var peer = Import(peerSecret);
        var shared = new byte[KeyBytes.Length];
        Assert.True(own.TryAgree(peer.PublicKey, shared));
        var key = new byte[Salsa20.KeyLength];
        Salsa20.DeriveKey(shared, new byte[Salsa20.DeriveInputLength], key);

        Assert.Equal(expected, Hex(key));
    }

    // Every length around the blocks of the cipher and of the authenticator, and some long ones.
    [Fact]
    public void Box_OfAnyLength_IsWhatLibsodiumWritesAndReads()
    {
        var random = new Random(1);
        foreach (var length in Enumerable.Range(0, 300).Concat([1023, 1024, 1025, 65_535, 65_536, 262_144]))
        {
            var (ownSecret, peerSecret) = (TestBytes.FromRandom(random, 32), TestBytes.FromRandom(random, 32));
            var (nonce, plain) = (TestBytes.FromRandom(random, NaclBox.NonceLength), TestBytes.FromRandom(random, length));
            using var own = X25519PrivateKey.Import(ownSecret);
            using var peer = X25519PrivateKey.Import(peerSecret);
            Assert.Equal(Sodium.PublicKey(ownSecret), own.PublicKey.Span);

            var box = Seal(own, peer.PublicKey, nonce, plain);

            Assert.Equal(Sodium.Seal(plain, nonce, peer.PublicKey.Span, ownSecret), box);
            Assert.Equal(plain, Sodium.Open(box, nonce, own.PublicKey.Span, peerSecret));
            Assert.Equal(plain, Open(peer, own.PublicKey, nonce, box));
        }
    }

    [Fact]
    public void Box_InPlace_IsTheSame()
    {
        using var alice = Import(AliceSecret);
        using var bob = Import(BobSecret);
        byte[] buffer = [.. new byte[NaclBox.Overhead], .. Bytes(PublishedPlain)];

        NaclBox.Seal(alice, bob.PublicKey, Bytes(PublishedNonce), buffer.AsSpan(NaclBox.Overhead), buffer);
        Assert.Equal(PublishedBox, Hex(buffer));

        Assert.True(NaclBox.TryOpen(bob, alice.PublicKey, Bytes(PublishedNonce), buffer, buffer.AsSpan(NaclBox.Overhead)));
        Assert.Equal(PublishedPlain, Hex(buffer.AsSpan(NaclBox.Overhead)));
    }

    [Fact]
    public void TryOpen_AnyBitOfBoxNonceOrSenderChanged_IsRefusedAndWritesNothing()
    {
        using var bob = Import(BobSecret);
        byte[] alice = Sodium.PublicKey(Bytes(AliceSecret));
        byte[] nonce = Bytes(PublishedNonce);
        byte[] box = Bytes(PublishedBox);
        // The topmost bit of a public key is none of its bits (RFC 7748 section 5), so that one is left alone.
        foreach (var (bytes, bits) in new[] { (box, 8 * box.Length), (nonce, 8 * nonce.Length), (alice, (8 * alice.Length) - 1) })
        {
            for (var bit = 0; bit < bits; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                var plain = TestBytes.Pattern(box.Length - NaclBox.Overhead, step: 1);
                Assert.False(NaclBox.TryOpen(bob, new KeyBytes(alice), nonce, box, plain), $"bit {bit} of {bytes.Length} bytes");
                Assert.Equal(TestBytes.Pattern(plain.Length, step: 1), plain);
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }

        Assert.Equal(PublishedPlain, Hex(Open(bob, new KeyBytes(alice), nonce, box)!));
    }

    [Fact]
    public void TryOpen_CutLengthenedOrForSomebodyElse_IsRefused()
    {
        using var alice = Import(AliceSecret);
        using var bob = Import(BobSecret);
        using var other = Import(ClientSecret);
        byte[] nonce = Bytes(PublishedNonce);
        byte[] box = Bytes(PublishedBox);

        for (var length = NaclBox.Overhead; length < box.Length; length++)
        {
            Assert.Null(Open(bob, alice.PublicKey, nonce, box[..length]));
        }

        Assert.Null(Open(bob, alice.PublicKey, nonce, [.. box, 0]));
        Assert.Null(Open(other, alice.PublicKey, nonce, box));
        Assert.Null(Open(bob, other.PublicKey, nonce, box));
        // Whoever can write a box can read it: the two keys are worth the same.
        Assert.Equal(PublishedPlain, Hex(Open(alice, bob.PublicKey, nonce, box)!));
    }

    // With such a key the shared secret is zero, so the box below is what anybody could write.
    [Fact]
    public void Box_WithAPointOfLowOrder_IsNeitherOpenedNorSealed()
    {
        using var bob = Import(BobSecret);
        byte[] zeroKey = new byte[Salsa20.KeyLength];
        Salsa20.DeriveKey(new byte[KeyBytes.Length], new byte[Salsa20.DeriveInputLength], zeroKey);
        byte[] nonce = Bytes(PublishedNonce);
        byte[] nonceKey = new byte[Salsa20.KeyLength];
        Salsa20.DeriveKey(zeroKey, nonce.AsSpan(0, Salsa20.DeriveInputLength), nonceKey);
        byte[] block = new byte[Salsa20.BlockLength];
        Salsa20.WriteBlock(nonceKey, nonce.AsSpan(Salsa20.DeriveInputLength), 0, block);
        byte[] forged = [.. Sodium.Poly1305(block[..Poly1305.KeyLength], [1]), 1];

        foreach (var point in LowOrderPoints.All)
        {
            Assert.Null(Open(bob, point, nonce, forged));
            var box = new byte[NaclBox.Overhead + 1];
            Assert.Throws<CryptographicException>(() => NaclBox.Seal(bob, point, nonce, [1], box));
            Assert.All(box, value => Assert.Equal(0, value));
        }
    }

    [Theory]
    [InlineData(23, 1, 17)]
    [InlineData(25, 1, 17)]
    [InlineData(0, 1, 17)]
    [InlineData(24, 1, 16)]
    [InlineData(24, 1, 18)]
    [InlineData(24, 0, 15)]
    [InlineData(24, 0, 0)]
    public void Box_SpansThatDoNotFit_Throw(int nonceLength, int plainLength, int boxLength)
    {
        using var key = Import(AliceSecret);

        Assert.Throws<ArgumentException>(
            () => NaclBox.Seal(key, key.PublicKey, new byte[nonceLength], new byte[plainLength], new byte[boxLength]));
        Assert.Throws<ArgumentException>(
            () => NaclBox.TryOpen(key, key.PublicKey, new byte[nonceLength], new byte[boxLength], new byte[plainLength]));
    }

    private static byte[] Seal(X25519PrivateKey sender, KeyBytes recipient, byte[] nonce, byte[] plain)
    {
        var box = new byte[plain.Length + NaclBox.Overhead];
        NaclBox.Seal(sender, recipient, nonce, plain, box);
        return box;
    }

    private static byte[]? Open(X25519PrivateKey recipient, KeyBytes sender, byte[] nonce, byte[] box)
    {
        var plain = new byte[box.Length - NaclBox.Overhead];
        return NaclBox.TryOpen(recipient, sender, nonce, box, plain) ? plain : null;
    }

    private static X25519PrivateKey Import(string hex) => X25519PrivateKey.Import(Bytes(hex));

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex);

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
