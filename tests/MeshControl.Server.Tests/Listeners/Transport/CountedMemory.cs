using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace MeshControl.Server.Tests.Listeners.Transport;

/// <summary>A pool of blocks as a web server has them, which knows how often it was asked.</summary>
internal sealed class CountedMemory : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private int _rented;

    public int Rented => Volatile.Read(ref _rented);

    public override int MaxBufferSize => 4096;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        Interlocked.Increment(ref _rented);
        return Shared.Rent(MaxBufferSize);
    }

    protected override void Dispose(bool disposing)
    {
    }
}
