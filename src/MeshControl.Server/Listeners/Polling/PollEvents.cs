using System.Runtime.InteropServices;

namespace MeshControl.Server.Listeners.Polling;

/// <summary>
/// The system's <c>struct epoll_event</c>: 32 bits of flags, and 64 bits that come back as they were given. On x64 nothing lies between them.
/// </summary>
internal static class PollEvents
{
    /// <summary><c>EPOLLIN</c>.</summary>
    public const uint Readable = 0x1;

    /// <summary><c>EPOLLOUT</c>.</summary>
    public const uint Writable = 0x4;

    /// <summary><c>EPOLLERR</c> and <c>EPOLLHUP</c>, which come unasked: both sides find out by trying.</summary>
    public const uint Broken = 0x8 | 0x10;

    /// <summary><c>EPOLLRDHUP</c>: the peer sends no more.</summary>
    public const uint PeerLeft = 0x2000;

    /// <summary><c>EPOLLET</c>: said once whenever it becomes so, not again and again while it is so.</summary>
    public const uint OnChange = 1u << 31;

    /// <summary>Bytes of one.</summary>
    public static readonly int Length = IsPacked ? 12 : 16;

    private static readonly int DataOffset = Length - sizeof(ulong);

    private static bool IsPacked => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    public static void Write(Span<byte> destination, uint flags, long id)
    {
        destination[..Length].Clear();
        MemoryMarshal.Write(destination, flags);
        MemoryMarshal.Write(destination[DataOffset..], id);
    }

    public static (uint Flags, long Id) Read(ReadOnlySpan<byte> events, int index)
    {
        var one = events.Slice(index * Length, Length);
        return (MemoryMarshal.Read<uint>(one), MemoryMarshal.Read<long>(one[DataOffset..]));
    }
}
