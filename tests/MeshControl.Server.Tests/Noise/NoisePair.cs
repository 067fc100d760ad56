using System.Buffers;
using System.IO.Pipelines;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Noise;

namespace MeshControl.Server.Tests.Noise;

/// <summary>Both ends of a channel, and what a client would do at its end.</summary>
internal sealed class NoisePair : IDisposable
{
    public NoisePair()
    {
        using var machineKey = X25519PrivateKey.Generate();
        using var serverKey = X25519PrivateKey.Generate();
        using var handshake = NoiseClientHandshake.Start(machineKey, serverKey.PublicKey, version: 138);
        var answer = new byte[NoiseProtocol.ResponseLength];
        Assert.Equal(HandshakeResult.Ok, NoiseServerHandshake.TryRespond(serverKey, handshake.Initiation.Span, answer, out var server));
        Assert.Equal(HandshakeResult.Ok, handshake.TryFinish(answer, out var client));
        (Client, Server) = (client!, server!);
    }

    public NoiseSession Client { get; }

    public NoiseSession Server { get; }

    /// <summary>A pipe in which nothing waits for its other end, and everything happens on the thread that causes it.</summary>
    public static Pipe NewPipe(MemoryPool<byte>? pool = null, int segment = SmallBlocks.BlockLength) => new(new PipeOptions(
        pool, PipeScheduler.Inline, PipeScheduler.Inline, pauseWriterThreshold: 0, minimumSegmentSize: segment, useSynchronizationContext: false));

    /// <summary>One record of the client.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plaintext)
    {
        var record = new byte[plaintext.Length + NoiseProtocol.RecordOverhead];
        plaintext.CopyTo(record.AsSpan(NoiseProtocol.HeaderLength));
        Assert.True(NoiseRecord.TrySeal(Client.Sending, record));
        return record;
    }

    /// <summary>Opens all records of the server.</summary>
    /// <returns>The plaintext of each.</returns>
    public List<byte[]> Open(byte[] wire)
    {
        var rest = new ReadOnlySequence<byte>(wire);
        var records = new List<byte[]>();
        while (!rest.IsEmpty)
        {
            Assert.Equal(NoiseRecordStatus.Done, NoiseRecord.Read(ref rest, out var ciphertext));
            var plaintext = new byte[ciphertext.Length - NoiseProtocol.TagLength];
            Assert.True(NoiseRecord.TryOpen(Client.Receiving, ciphertext, plaintext, out _));
            records.Add(plaintext);
        }

        return records;
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }
}
