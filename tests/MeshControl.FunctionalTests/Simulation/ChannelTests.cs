using System.Buffers;
using System.IO.Pipelines;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Noise;
using MeshControl.Testing.Channels;

namespace MeshControl.FunctionalTests.Simulation;

/// <summary>The simulated client's channel against the protocol's own server side.</summary>
public sealed class ChannelTests
{
    private const int LeftoverLength = 5;

    private readonly NoiseSession _client;
    private readonly NoiseSession _server;

    public ChannelTests()
    {
        using var machineKey = X25519PrivateKey.Generate();
        using var serverKey = X25519PrivateKey.Generate();
        using var handshake = NoiseClientHandshake.Start(machineKey, serverKey.PublicKey, version: 138);
        var answer = new byte[NoiseProtocol.ResponseLength];
        Assert.Equal(HandshakeResult.Ok, NoiseServerHandshake.TryRespond(serverKey, handshake.Initiation.Span, answer, out var server));
        Assert.Equal(HandshakeResult.Ok, handshake.TryFinish(answer, out var client));
        (_client, _server) = (client!, server!);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(NoiseProtocol.MaxPlaintextLength)]
    [InlineData(NoiseProtocol.MaxPlaintextLength + 1)]
    [InlineData(100_000)]
    public async Task Write_AnyLength_ArrivesInRecords(int length)
    {
        using var wire = new MemoryStream();
        var counter = new ByteCounter();
        var sent = new byte[length];
        new Random(length).NextBytes(sent);

        await new NoiseClientStream(wire, _client, [], counter).WriteAsync(sent, TestContext.Current.CancellationToken);

        Assert.Equal(sent, Open(wire.ToArray()));
        Assert.Equal(wire.Length, counter.Sent);
    }

    [Fact]
    public async Task Read_RecordsInPieces_GivesPlaintext()
    {
        byte[] records = [.. Seal("hello"u8), .. Seal([]), .. Seal("you"u8)];
        var wire = new Pipe();
        var leftover = records.AsSpan(0, LeftoverLength);
        await using var stream = new NoiseClientStream(wire.Reader.AsStream(), _client, leftover, new ByteCounter());
        var reading = ReadToEndAsync(stream);
        foreach (var piece in records.Skip(LeftoverLength))
        {
            await wire.Writer.WriteAsync(new[] { piece }, TestContext.Current.CancellationToken);
        }

        await wire.Writer.CompleteAsync();

        Assert.Equal("helloyou"u8.ToArray(), await reading);
        Assert.True(stream.IsBroken);
    }

    [Theory]
    [InlineData("05001000")]
    [InlineData("04000f00")]
    [InlineData("040ffe00")]
    [InlineData("04001000000000000000000000000000000000")]
    public async Task Read_BadRecord_Fails(string hex)
    {
        using var wire = new MemoryStream(Convert.FromHexString(hex));
        await using var stream = new NoiseClientStream(wire, _client, [], new ByteCounter());

        await Assert.ThrowsAsync<IOException>(() => ReadToEndAsync(stream));
        Assert.True(stream.IsBroken);
    }

    private static async Task<byte[]> ReadToEndAsync(Stream stream)
    {
        using var read = new MemoryStream();
        await stream.CopyToAsync(read, TestContext.Current.CancellationToken);
        return read.ToArray();
    }

    private byte[] Seal(ReadOnlySpan<byte> plaintext)
    {
        var record = new byte[plaintext.Length + NoiseProtocol.RecordOverhead];
        plaintext.CopyTo(record.AsSpan(NoiseProtocol.HeaderLength));
        Assert.True(NoiseRecord.TrySeal(_server.Sending, record));
        return record;
    }

    private byte[] Open(byte[] wire)
    {
        var buffer = new ReadOnlySequence<byte>(wire);
        using var plaintext = new MemoryStream();
        var room = new byte[NoiseProtocol.MaxPlaintextLength];
        while (!buffer.IsEmpty)
        {
            Assert.Equal(NoiseRecordStatus.Done, NoiseRecord.Read(ref buffer, out var ciphertext));
            Assert.True(NoiseRecord.TryOpen(_server.Receiving, ciphertext, room, out var length));
            plaintext.Write(room, 0, length);
        }

        return plaintext.ToArray();
    }
}
