using System.Buffers;
using System.Buffers.Binary;
using MeshControl.Protocol.Noise;
using MeshControl.Protocol.Tests.Crypto;

namespace MeshControl.Protocol.Tests.Noise;

public sealed class NoiseRecordTests : IDisposable
{
    private static readonly byte[] Key = TestBytes.Pattern(32, step: 9);

    private readonly NoiseCipher _sending = new(Key);
    private readonly NoiseCipher _receiving = new(Key);

    public void Dispose()
    {
        _sending.Dispose();
        _receiving.Dispose();
    }

    [Fact]
    public void Constants_AreThoseOfTheProtocol()
    {
        Assert.Equal(101, NoiseProtocol.InitiationLength);
        Assert.Equal(136, NoiseProtocol.InitiationBase64Length);
        Assert.Equal(51, NoiseProtocol.ResponseLength);
        Assert.Equal(4096, NoiseProtocol.MaxRecordLength);
        Assert.Equal(4093, NoiseProtocol.MaxCiphertextLength);
        Assert.Equal(4077, NoiseProtocol.MaxPlaintextLength);
    }

    [Fact]
    public void Read_TruncatedAtEveryByte_NeedsMoreAndStays()
    {
        var record = Seal(TestBytes.Pattern(300, step: 3));
        for (var length = 0; length < record.Length; length++)
        {
            foreach (var whole in Layouts(record[..length]))
            {
                var buffer = whole;
                Assert.Equal(NoiseRecordStatus.NeedMore, NoiseRecord.Read(ref buffer, out var ciphertext));
                Assert.Equal(length, buffer.Length);
                Assert.Equal(0, ciphertext.Length);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(NoiseProtocol.MaxPlaintextLength - 1)]
    [InlineData(NoiseProtocol.MaxPlaintextLength)]
    public void Read_WholeRecordWithMoreBehind_TakesExactlyTheRecord(int plaintextLength)
    {
        var plaintext = TestBytes.Pattern(plaintextLength, step: 3);
        var record = Seal(plaintext);
        foreach (var whole in Layouts([.. record, 4, 0]))
        {
            var buffer = whole;
            Assert.Equal(NoiseRecordStatus.Done, NoiseRecord.Read(ref buffer, out var ciphertext));
            Assert.Equal([4, 0], buffer.ToArray());
            Assert.Equal(record[NoiseProtocol.HeaderLength..], ciphertext.ToArray());

            using var receiving = new NoiseCipher(Key);
            var opened = new byte[NoiseProtocol.MaxPlaintextLength];
            Assert.True(NoiseRecord.TryOpen(receiving, ciphertext, opened, out var written));
            Assert.Equal(plaintext, opened.AsSpan(0, written));
        }
    }

    [Fact]
    public void Read_TwoRecordsAtOnce_GivesBothInOrder()
    {
        byte[] bytes = [.. Seal([1]), .. Seal([]), .. Seal([2])];
        var buffer = SequenceOf.Segments(bytes[..10], bytes[10..21], bytes[21..]);
        var plaintexts = new List<byte[]>();
        while (NoiseRecord.Read(ref buffer, out var ciphertext) == NoiseRecordStatus.Done)
        {
            var plaintext = new byte[1];
            Assert.True(NoiseRecord.TryOpen(_receiving, ciphertext, plaintext, out var written));
            plaintexts.Add(plaintext[..written]);
        }

        Assert.Equal([[1], [], [2]], plaintexts);
        Assert.True(buffer.IsEmpty);
    }

    [Fact]
    public void ReadHeader_EveryLength_IsAcceptedExactlyWithinTheLimits()
    {
        Span<byte> header = [NoiseProtocol.RecordType, 0, 0];
        for (var length = 0; length <= ushort.MaxValue; length++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header[1..], (ushort)length);
            var expected = length < 16 ? NoiseRecordStatus.TooShort
                : length > 4093 ? NoiseRecordStatus.TooLong
                : NoiseRecordStatus.Done;
            Assert.Equal(expected, NoiseRecord.ReadHeader(header, out var ciphertextLength));
            Assert.Equal(expected == NoiseRecordStatus.Done ? length : 0, ciphertextLength);
        }
    }

    // The header alone decides: nobody waits for, or makes room for, the announced bytes.
    [Theory]
    [InlineData("040ffe", NoiseRecordStatus.TooLong)]
    [InlineData("04ffff", NoiseRecordStatus.TooLong)]
    [InlineData("04000f", NoiseRecordStatus.TooShort)]
    [InlineData("040000", NoiseRecordStatus.TooShort)]
    [InlineData("00", NoiseRecordStatus.WrongType)]
    [InlineData("01", NoiseRecordStatus.WrongType)]
    [InlineData("03", NoiseRecordStatus.WrongType)]
    [InlineData("05", NoiseRecordStatus.WrongType)]
    [InlineData("ff", NoiseRecordStatus.WrongType)]
    public void Read_BadHeader_IsRefusedAtOnceAndStays(string hex, NoiseRecordStatus expected)
    {
        var bytes = Convert.FromHexString(hex);
        foreach (var whole in Layouts(bytes))
        {
            var buffer = whole;
            Assert.Equal(expected, NoiseRecord.Read(ref buffer, out _));
            Assert.Equal(bytes.Length, buffer.Length);
        }
    }

    [Fact]
    public void ReadAndOpen_AnyBitFlipped_NeverGivesPlaintext()
    {
        var record = Seal([1, 2, 3, 4]);
        for (var bit = 0; bit < record.Length * 8; bit++)
        {
            var flipped = record.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            var buffer = new ReadOnlySequence<byte>(flipped);
            if (NoiseRecord.Read(ref buffer, out var ciphertext) == NoiseRecordStatus.Done)
            {
                using var receiving = new NoiseCipher(Key);
                Assert.False(NoiseRecord.TryOpen(receiving, ciphertext, new byte[NoiseProtocol.MaxPlaintextLength], out _));
            }
        }
    }

    [Theory]
    [InlineData(NoiseProtocol.RecordOverhead - 1)]
    [InlineData(NoiseProtocol.MaxRecordLength + 1)]
    public void TrySeal_ImpossibleLength_Throws(int length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NoiseRecord.TrySeal(_sending, new byte[length]));

    [Fact]
    public void TrySeal_Exhausted_SaysSo()
    {
        using var cipher = new NoiseCipher(Key, NoiseCipher.ReservedCounter);

        Assert.False(NoiseRecord.TrySeal(cipher, new byte[NoiseProtocol.RecordOverhead]));
    }

    [Fact]
    public void SealReadOpen_WholeRecords_AllocateNothing()
    {
        const int Rounds = 1000;
        var record = new byte[NoiseProtocol.MaxRecordLength];
        var plaintext = new byte[NoiseProtocol.MaxPlaintextLength];
        var whole = new ReadOnlySequence<byte>(record);
        RoundTrip(whole, record, plaintext);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var allWorked = true;
        for (var i = 0; i < Rounds; i++)
        {
            allWorked &= RoundTrip(whole, record, plaintext);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(allWorked);
    }

    [Fact]
    public void OpenAcrossSegments_AllocatesNothing()
    {
        const int Rounds = 100;
        var records = Enumerable.Range(0, Rounds + 1)
            .Select(_ => Seal(new byte[1000]))
            .Select(record => SequenceOf.Segments(record[..2], record[2..500], record[500..]))
            .ToArray();
        var plaintext = new byte[NoiseProtocol.MaxPlaintextLength];
        var allWorked = ReadAndOpen(records[0], plaintext);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 1; i <= Rounds; i++)
        {
            allWorked &= ReadAndOpen(records[i], plaintext);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(allWorked);
    }

    private static IEnumerable<ReadOnlySequence<byte>> Layouts(byte[] bytes)
    {
        yield return new ReadOnlySequence<byte>(bytes);
        if (bytes.Length > 0)
        {
            yield return SequenceOf.SingleBytes(bytes);
            yield return SequenceOf.Segments([], bytes[..(bytes.Length / 2)], [], bytes[(bytes.Length / 2)..], []);
        }
    }

    private bool RoundTrip(ReadOnlySequence<byte> whole, byte[] record, byte[] plaintext) =>
        NoiseRecord.TrySeal(_sending, record) && ReadAndOpen(whole, plaintext);

    private bool ReadAndOpen(ReadOnlySequence<byte> buffer, byte[] plaintext) =>
        NoiseRecord.Read(ref buffer, out var ciphertext) == NoiseRecordStatus.Done
        && NoiseRecord.TryOpen(_receiving, ciphertext, plaintext, out _);

    private byte[] Seal(byte[] plaintext)
    {
        var record = new byte[plaintext.Length + NoiseProtocol.RecordOverhead];
        plaintext.CopyTo(record, NoiseProtocol.HeaderLength);
        Assert.True(NoiseRecord.TrySeal(_sending, record));
        return record;
    }
}
