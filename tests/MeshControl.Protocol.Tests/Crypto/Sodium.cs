using System.Runtime.InteropServices;

namespace MeshControl.Protocol.Tests.Crypto;

/// <summary>What libsodium computes: the foreign implementation that boxes are compared with. It allows messages of any length.</summary>
internal static partial class Sodium
{
    private const string Library = "libsodium.so.23";
    private const int BoxOverhead = 16;
    private const int Success = 0;

    static Sodium() => Assert.NotEqual(-1, Initialise());

    public static byte[] PublicKey(byte[] secret)
    {
        var key = new byte[32];
        Assert.Equal(Success, ScalarMultiplyBase(key, secret));
        return key;
    }

    public static byte[] Seal(byte[] message, byte[] nonce, ReadOnlySpan<byte> recipient, byte[] sender)
    {
        var box = new byte[message.Length + BoxOverhead];
        Assert.Equal(Success, BoxEasy(box, message, (ulong)message.Length, nonce, recipient, sender));
        return box;
    }

    public static byte[]? Open(byte[] box, byte[] nonce, ReadOnlySpan<byte> sender, byte[] recipient)
    {
        var message = new byte[box.Length - BoxOverhead];
        return BoxOpenEasy(message, box, (ulong)box.Length, nonce, sender, recipient) == Success ? message : null;
    }

    public static byte[] Poly1305(byte[] key, byte[] message)
    {
        var tag = new byte[16];
        Assert.Equal(Success, OneTimeAuthentication(tag, message, (ulong)message.Length, key));
        return tag;
    }

    [LibraryImport(Library, EntryPoint = "sodium_init")]
    private static partial int Initialise();

    [LibraryImport(Library, EntryPoint = "crypto_scalarmult_base")]
    private static partial int ScalarMultiplyBase(Span<byte> publicKey, ReadOnlySpan<byte> secret);

    [LibraryImport(Library, EntryPoint = "crypto_box_easy")]
    private static partial int BoxEasy(
        Span<byte> box,
        ReadOnlySpan<byte> message,
        ulong length,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> recipient,
        ReadOnlySpan<byte> sender);

    [LibraryImport(Library, EntryPoint = "crypto_box_open_easy")]
    private static partial int BoxOpenEasy(
        Span<byte> message,
        ReadOnlySpan<byte> box,
        ulong length,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> sender,
        ReadOnlySpan<byte> recipient);

    [LibraryImport(Library, EntryPoint = "crypto_onetimeauth")]
    private static partial int OneTimeAuthentication(Span<byte> tag, ReadOnlySpan<byte> message, ulong length, ReadOnlySpan<byte> key);
}
