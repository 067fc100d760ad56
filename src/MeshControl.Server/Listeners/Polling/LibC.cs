using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MeshControl.Server.Listeners.Polling;

/// <summary>
/// The functions of the system by which sockets are polled (epoll(7)), and those that read and write without waiting. .NET has the latter, too,
/// but leaves out how much was written when a socket had no room for all. Linux only.
/// </summary>
internal static partial class LibC
{
    /// <summary>A signal came before anything else did.</summary>
    public const int Interrupted = 4;

    /// <summary>It would have to wait.</summary>
    public const int Again = 11;

    /// <summary><c>MSG_PEEK</c>: what is read stays there.</summary>
    public const int Peek = 0x2;

    /// <summary><c>MSG_DONTWAIT</c>: a call fails where it would wait.</summary>
    public const int DoNotWait = 0x40;

    /// <summary><c>MSG_NOSIGNAL</c>: that the peer is gone is an error like any other.</summary>
    public const int NoSignal = 0x4000;

    /// <summary><c>EPOLL_CLOEXEC</c>: processes that are started do not inherit it.</summary>
    public const int CloseOnExec = 0x80000;

    /// <summary><c>EPOLL_CTL_ADD</c>.</summary>
    public const int Add = 1;

    /// <summary><c>EPOLL_CTL_DEL</c>.</summary>
    public const int Delete = 2;

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int CreatePoll(int flags);

    /// <param name="poll">Of <see cref="CreatePoll"/>.</param>
    /// <param name="operation"><see cref="Add"/> or <see cref="Delete"/>.</param>
    /// <param name="socket">Which.</param>
    /// <param name="pollEvent">The first byte of what <see cref="PollEvents"/> made.</param>
    [LibraryImport(Library, EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int ControlPoll(int poll, int operation, SafeSocketHandle socket, ref byte pollEvent);

    /// <param name="poll">Of <see cref="CreatePoll"/>.</param>
    /// <param name="events">The first byte of room for them.</param>
    /// <param name="maxEvents">How many there is room for.</param>
    /// <param name="timeout">In milliseconds; -1 for ever.</param>
    [LibraryImport(Library, EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int WaitPoll(int poll, ref byte events, int maxEvents, int timeout);

    [LibraryImport(Library, EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(SafeSocketHandle socket, ref byte buffer, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(SafeSocketHandle socket, ref byte buffer, nuint length, int flags);
}
