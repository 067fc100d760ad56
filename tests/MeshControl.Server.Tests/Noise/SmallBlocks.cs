using System.Buffers;

namespace MeshControl.Server.Tests.Noise;

/// <summary>Memory as a web server's transport has it: blocks of one size, used again and again. For one thread.</summary>
internal sealed class SmallBlocks : MemoryPool<byte>
{
    public const int BlockLength = 4096;

    private readonly Stack<Block> _free = new();

    public override int MaxBufferSize => BlockLength;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockLength);
        return _free.TryPop(out var block) ? block : new Block(_free);
    }

    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Block(Stack<Block> free) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = new byte[BlockLength];

        public void Dispose() => free.Push(this);
    }
}
