using System.Buffers;
using MeshControl.Protocol.Noise;

namespace MeshControl.Protocol.Tests.Noise;

/// <summary>A record costs no memory of the managed heap, in either direction.</summary>
public sealed class NoiseAllocationTests
{
    [Fact]
    public void SealAndOpen_OneRecord_AllocateNothing()
    {
        var key = new byte[32];
        using var sending = new NoiseCipher(key);
        using var receiving = new NoiseCipher(key);
        var record = new byte[NoiseProtocol.MaxRecordLength];
        var plaintext = new byte[NoiseProtocol.MaxPlaintextLength];
        var least = long.MaxValue;
        for (var i = 0; i < 50; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var isSealed = NoiseRecord.TrySeal(sending, record);
            var buffer = new ReadOnlySequence<byte>(record);
            var status = NoiseRecord.Read(ref buffer, out var ciphertext);
            var isOpen = NoiseRecord.TryOpen(receiving, ciphertext, plaintext, out var written);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.True(isSealed && isOpen);
            Assert.Equal((NoiseRecordStatus.Done, plaintext.Length), (status, written));
        }

        Assert.Equal(0, least);
    }
}
