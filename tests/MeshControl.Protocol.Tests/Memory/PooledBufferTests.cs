using MeshControl.Protocol.Memory;

namespace MeshControl.Protocol.Tests.Memory;

public sealed class PooledBufferTests
{
    [Fact]
    public void Write_GrowingInAllWays_KeepsWhatWasWritten()
    {
        using var buffer = new PooledBuffer(1);
        var expected = new List<byte>();
        for (var i = 0; i < 2000; i++)
        {
            var bytes = Enumerable.Repeat((byte)i, i % 37).ToArray();
            expected.AddRange(bytes);
            buffer.Write(bytes);
            expected.Add((byte)~i);
            buffer.Write((byte)~i);
            buffer.GetSpan(5)[0] = 1;
            buffer.GetMemory(9).Span[0] = (byte)(i + 1);
            buffer.Advance(1);
            expected.Add((byte)(i + 1));
        }

        Assert.Equal(expected, buffer.Written.ToArray());
        Assert.Equal(expected.Count, buffer.Length);
        Assert.Equal(expected, buffer.WrittenMemory.ToArray());
    }

    [Fact]
    public void Truncate_LengthWithin_ForgetsTheRest()
    {
        using var buffer = new PooledBuffer();
        buffer.Write("abcdef"u8);
        buffer.Truncate(2);
        buffer.Write("x"u8);

        Assert.Equal("abx"u8, buffer.Written);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Truncate(4));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Truncate(-1));
    }

    [Fact]
    public void Advance_BeyondTheRoom_Throws()
    {
        using var buffer = new PooledBuffer();
        var room = buffer.GetSpan().Length;

        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(room + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(-1));
    }

    [Fact]
    public void Dispose_Twice_GivesTheArrayBackOnce()
    {
        var buffer = new PooledBuffer();
        buffer.Write("abc"u8);
        buffer.Dispose();
        buffer.Dispose();

        Assert.Equal(0, buffer.Length);
    }
}
