using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using MeshControl.Protocol.Noise;
using MeshControl.Server.Noise;

namespace MeshControl.Server.Tests.Noise;

/// <summary>However a stream of records is cut up, and however its consumer goes about it, the plaintext is what was sealed.</summary>
public sealed class NoisePipeReaderPropertyTests
{
    // What one step may add to what the consumer left: the bound, and a record that begins just below it.
    private const int MaxGrowth = (32 * 1024) - 1 + NoiseProtocol.MaxPlaintextLength;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Read_AnySegmentsAndAnyConsumer_GivesWhatWasSealed(int seed)
    {
        var random = new Random(seed);
        using var pair = new NoisePair();
        var sent = new byte[random.Next(1, 200_000)];
        random.NextBytes(sent);
        var wire = CutIntoRecords(pair, sent, random);
        var pipe = NoisePair.NewPipe(segment: random.Next(2) == 0 ? 16 : 4096);
        var reader = new NoisePipeReader(pipe.Reader, pair.Server.Receiving);
        var consumer = new Consumer(reader, sent, random);

        for (var written = 0; written < wire.Length;)
        {
            var chunk = Math.Min(NextLength(random), wire.Length - written);
            await pipe.Writer.WriteAsync(wire.AsMemory(written, chunk), TestContext.Current.CancellationToken);
            written += chunk;
            for (var reads = random.Next(3); reads > 0; reads--)
            {
                consumer.TryRead();
            }
        }

        await pipe.Writer.CompleteAsync();
        await consumer.ReadToEndAsync();
        await reader.CompleteAsync();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Read_WaitingForEachChunk_GivesWhatWasSealed(int seed)
    {
        var random = new Random(seed);
        using var pair = new NoisePair();
        var sent = new byte[random.Next(1, 30_000)];
        random.NextBytes(sent);
        var wire = CutIntoRecords(pair, sent, random);
        var pipe = NoisePair.NewPipe(segment: 16);
        var reader = new NoisePipeReader(pipe.Reader, pair.Server.Receiving);
        using var received = new MemoryStream();

        var reading = reader.CopyToAsync(received, TestContext.Current.CancellationToken);
        for (var written = 0; written < wire.Length;)
        {
            var chunk = Math.Min(NextLength(random), wire.Length - written);
            await pipe.Writer.WriteAsync(wire.AsMemory(written, chunk), TestContext.Current.CancellationToken);
            written += chunk;
        }

        await pipe.Writer.CompleteAsync();
        await reading;

        Assert.Equal(sent, received.ToArray());
    }

    private static byte[] CutIntoRecords(NoisePair pair, byte[] sent, Random random)
    {
        using var wire = new MemoryStream();
        for (var start = 0; start < sent.Length;)
        {
            var length = Math.Min(sent.Length - start, random.Next(6) switch
            {
                0 => 0,
                1 => NoiseProtocol.MaxPlaintextLength,
                2 => 1,
                _ => random.Next(NoiseProtocol.MaxPlaintextLength + 1),
            });
            wire.Write(pair.Seal(sent.AsSpan(start, length)));
            start += length;
        }

        return wire.ToArray();
    }

    private static int NextLength(Random random) => random.Next(4) switch
    {
        0 => random.Next(1, 4),
        1 => random.Next(1, 64),
        2 => random.Next(1, 8192),
        _ => random.Next(1, 100_000),
    };

    /// <summary>Consumes and examines at random, and checks everything that a reader promises.</summary>
    private sealed class Consumer(NoisePipeReader reader, byte[] sent, Random random)
    {
        private int _consumed;
        private int _left;
        private bool _sawEverything = true;

        public void TryRead()
        {
            if (reader.TryRead(out var result))
            {
                Take(result);
            }
            else
            {
                Assert.True(_sawEverything, "What was not examined must be given again at once.");
            }
        }

        public async Task ReadToEndAsync()
        {
            ReadResult result;
            do
            {
                result = await reader.ReadAsync(TestContext.Current.CancellationToken);
                Take(result);
            }
            while (!result.IsCompleted || _consumed < sent.Length);
        }

        private void Take(ReadResult result)
        {
            var length = (int)result.Buffer.Length;
            Assert.False(result.IsCanceled);
            Assert.True(length > _left || !_sawEverything || result.IsCompleted, "A read must show something new.");
            Assert.InRange(length, _left, _left + MaxGrowth);
            Assert.True(sent.AsSpan(_consumed, length).SequenceEqual(result.Buffer.FirstSpan));
            AssertBufferIsBounded(result.Buffer, length);

            var consumed = random.Next(3) == 0 ? length : random.Next(length + 1);
            var examined = random.Next(2) == 0 ? length : random.Next(consumed, length + 1);
            if (consumed == examined && random.Next(2) == 0)
            {
                reader.AdvanceTo(result.Buffer.GetPosition(consumed));
            }
            else
            {
                reader.AdvanceTo(result.Buffer.GetPosition(consumed), result.Buffer.GetPosition(examined));
            }

            _consumed += consumed;
            _left = length - consumed;
            _sawEverything = examined == length;
        }

        // Arrays of the pool double in size, so no bound is sharper than this.
        private static void AssertBufferIsBounded(ReadOnlySequence<byte> buffer, int length)
        {
            Assert.True(buffer.IsSingleSegment);
            if (length > 0)
            {
                Assert.True(MemoryMarshal.TryGetArray(buffer.First, out var segment));
                Assert.InRange(segment.Array!.Length, length, 4 * (length + MaxGrowth));
            }
        }
    }
}
