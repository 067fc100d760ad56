namespace MeshControl.Protocol.Tests.Crypto;

/// <summary>Bytes that anybody can write down again: byte i is (i + 1) times the step, modulo 256.</summary>
internal static class TestBytes
{
    public static byte[] Pattern(int length, int step) =>
        [.. Enumerable.Range(1, length).Select(i => unchecked((byte)(i * step)))];

    public static byte[] FromRandom(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
