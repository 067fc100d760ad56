using System.IO.Pipelines;
using MeshControl.Fuzz.Engine;
using MeshControl.Fuzz.Mutations;
using MeshControl.Protocol.Noise;
using MeshControl.Server.Noise;

namespace MeshControl.Fuzz.Targets.Noise;

/// <summary>
/// Records that were sealed properly, and then altered or not. What comes out must be what went in, from the start up to the first
/// record that was touched, and nothing after it.
/// </summary>
internal sealed class RecordInputs
{
    private const int MaxRecords = 4;
    private const int MaxWire = (MaxRecords + 1) * NoiseProtocol.MaxRecordLength;

    private readonly ByteMutator _wire = new(MaxWire);
    private readonly byte[] _plain = new byte[MaxRecords * NoiseProtocol.MaxPlaintextLength];
    private readonly byte[] _record = new byte[NoiseProtocol.MaxRecordLength];
    private readonly byte[] _opened = new byte[NoiseProtocol.MaxPlaintextLength];
    private readonly byte[] _other = new byte[64];
    private int _plainLength;
    private bool _altered;

    /// <summary>The codec alone.</summary>
    public void Run(FuzzRandom random, Tally tally)
    {
        using var receiving = Make(random);
        var buffer = Segments.Cut(_wire.Memory, random);
        var position = 0;
        while (true)
        {
            var before = buffer;
            var status = NoiseRecord.Read(ref buffer, out var ciphertext);
            if (status != NoiseRecordStatus.Done)
            {
                RuleBrokenException.Require(buffer.Equals(before) && ciphertext.IsEmpty, "the cursor moved without a record");
                RuleBrokenException.Require(
                    status != NoiseRecordStatus.NeedMore || before.Length < NoiseProtocol.MaxRecordLength, "more than a record is awaited");
                RuleBrokenException.Require(
                    _altered || (status == NoiseRecordStatus.NeedMore && before.IsEmpty && position == _plainLength),
                    $"untouched records ended as {status} after {position} of {_plainLength} bytes");
                tally.Count($"record: {status}");
                return;
            }

            RuleBrokenException.Require(
                before.Length - buffer.Length == NoiseProtocol.HeaderLength + ciphertext.Length, "the cursor moved by another length");
            if (!NoiseRecord.TryOpen(receiving, ciphertext, _opened, out var written))
            {
                RuleBrokenException.Require(_altered && written == 0, "an untouched record was refused");
                RuleBrokenException.Require(
                    receiving.HasFailed && !NoiseRecord.TryOpen(receiving, ciphertext, _opened, out _), "a cipher went on after a failure");
                tally.Count("record: not authentic");
                return;
            }

            position = Compare(_opened.AsSpan(0, written), position);
            tally.Count("record: opened");
        }
    }

    /// <summary>The reader of the server's connections, over the same input.</summary>
    public void RunPipe(FuzzRandom random, Tally tally)
    {
        using var receiving = Make(random);
        if (_wire.Length == 0)
        {
            // The reader that stands for the socket here cannot be told how far an empty sequence was read.
            tally.Count("pipe: nothing sent");
            return;
        }

        var reader = new NoisePipeReader(PipeReader.Create(Segments.Cut(_wire.Memory, random)), receiving);
        var position = 0;
        try
        {
            while (true)
            {
                var result = Read(reader, random);
                var taken = result.Buffer.Slice(0, random.OneIn(4) ? random.Below((int)result.Buffer.Length + 1) : result.Buffer.Length);
                foreach (var piece in taken)
                {
                    position = Compare(piece.Span, position);
                }

                var isRest = taken.Length == result.Buffer.Length;
                reader.AdvanceTo(taken.End, isRest || random.OneIn(2) ? taken.End : result.Buffer.Start);
                if (result.IsCompleted && isRest)
                {
                    RuleBrokenException.Require(_altered || position == _plainLength, "untouched records were lost");
                    tally.Count("pipe: read to the end");
                    return;
                }
            }
        }
        catch (IOException)
        {
            RuleBrokenException.Require(_altered, "untouched records were refused");
            tally.Count("pipe: refused");
        }
        finally
        {
            reader.Complete();
        }
    }

    private static ReadResult Read(NoisePipeReader reader, FuzzRandom random)
    {
        if (random.OneIn(2) && reader.TryRead(out var result))
        {
            return result;
        }

        // Everything is there already, so that nothing is waited for.
        var reading = reader.ReadAsync().AsTask();
        RuleBrokenException.Require(reading.IsCompleted, "a reader waits for more than there will be");
        return reading.GetAwaiter().GetResult();
    }

    private NoiseCipher Make(FuzzRandom random)
    {
        Span<byte> key = stackalloc byte[NoiseProtocol.KeyLength];
        random.Fill(key);
        using var sending = new NoiseCipher(key);
        _plainLength = 0;
        _wire.Load(default);
        for (var records = 1 + random.Below(MaxRecords); records > 0; records--)
        {
            var length = random.Below(20) switch
            {
                0 => NoiseProtocol.MaxPlaintextLength,
                1 => random.Below(NoiseProtocol.MaxPlaintextLength + 1),
                2 => 0,
                _ => random.Below(64),
            };
            var plain = _plain.AsSpan(_plainLength, length);
            plain.Fill(random.NextByte());
            _plainLength += length;
            var record = _record.AsSpan(0, length + NoiseProtocol.RecordOverhead);
            plain.CopyTo(record[NoiseProtocol.HeaderLength..]);
            NoiseRecord.TrySeal(sending, record);
            _wire.Append(record);
        }

        _altered = !random.OneIn(5);
        if (_altered)
        {
            Span<byte> before = _record.AsSpan(0, Math.Min(_wire.Length, _record.Length));
            _wire.Span[..before.Length].CopyTo(before);
            var length = _wire.Length;
            random.Fill(_other);
            _wire.Mutate(random, random.OneIn(2) ? _other : before);

            // Chance may change nothing.
            _altered = length != _wire.Length || length > before.Length || !_wire.Span.SequenceEqual(before);
        }

        return new NoiseCipher(key);
    }

    private int Compare(ReadOnlySpan<byte> opened, int position)
    {
        RuleBrokenException.Require(
            opened.Length <= _plainLength - position && opened.SequenceEqual(_plain.AsSpan(position, opened.Length)),
            "what was opened is not what was sealed");
        return position + opened.Length;
    }
}
