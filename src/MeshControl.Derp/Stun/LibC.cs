using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MeshControl.Derp.Stun;

/// <summary>
/// The two functions of the system that carry more than a datagram's bytes: the address that it was sent to. .NET tells that address too, at
/// the price of objects for each datagram, but cannot send from it. Linux only; with the layouts of 32 and 64 bit systems alike.
/// </summary>
internal static partial class LibC
{
    /// <summary>A signal came before anything else did.</summary>
    public const int Interrupted = 4;

    /// <summary>A call fails where it would wait (<c>MSG_DONTWAIT</c>).</summary>
    public const int DoNotWait = 0x40;

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint ReceiveMessage(SafeSocketHandle socket, ref MessageHeader message, int flags);

    [LibraryImport(Library, EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMessage(SafeSocketHandle socket, ref MessageHeader message, int flags);

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Buffer
    {
        public nint Start { get; set; }

        public nuint Length { get; set; }
    }

    /// <summary><c>struct msghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public nint Name { get; set; }

        public uint NameLength { get; set; }

        public nint Buffers { get; set; }

        public nuint BufferCount { get; set; }

        public nint Control { get; set; }

        public nuint ControlLength { get; set; }

        public int Flags { get; set; }
    }

    /// <summary><c>struct cmsghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ControlHeader
    {
        public nuint Length { get; set; }

        public int Level { get; set; }

        public int Type { get; set; }
    }
}
