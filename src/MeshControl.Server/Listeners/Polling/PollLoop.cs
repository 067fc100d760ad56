using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace MeshControl.Server.Listeners.Polling;

/// <summary>
/// A thread that waits for sockets, and on which the relay goes on when one has something. The runtime has such threads, too, but hands each
/// event to the pool: a relayed packet costs little more than waking another thread for it. Nothing that may wait belongs here, since all sockets of the
/// loop would wait with it: see <see cref="PolledStream.GoInPlace"/>.
/// </summary>
internal sealed class PollLoop
{
    /// <summary>What is told at once; the rest is told the next time.</summary>
    private const int EventsAtOnce = 256;

    private const uint Interest = PollEvents.Readable | PollEvents.Writable | PollEvents.PeerLeft | PollEvents.OnChange;

    // They wait for as long as the process lives, like the runtime's own.
    private static readonly Lazy<PollLoop[]> Loops = new(Start);
    private static int _next;

    [ThreadStatic]
    private static bool _isLoop;

    // A number is never given twice: what the system still has to say of a socket that is gone is nobody's.
    private static long _lastId;

    private readonly ConcurrentDictionary<long, PolledStream> _streams = new();
    private readonly int _poll;

    private PollLoop(int poll) => _poll = poll;

    /// <summary>Whether this is the thread of a loop.</summary>
    public static bool IsCurrent => _isLoop;

    /// <summary>The loop for a new socket; null where the system has none.</summary>
    public static PollLoop? Next() => Loops.Value is { Length: > 0 } loops
        ? loops[(uint)Interlocked.Increment(ref _next) % (uint)loops.Length]
        : null;

    /// <summary>From now on the stream is told what happens to its socket.</summary>
    /// <returns>What to call it by, or 0 when the system has no room for it.</returns>
    public long Add(PolledStream stream, SafeSocketHandle socket)
    {
        var id = Interlocked.Increment(ref _lastId);
        _streams[id] = stream;
        Span<byte> pollEvent = stackalloc byte[PollEvents.Length];
        PollEvents.Write(pollEvent, Interest, id);
        if (LibC.ControlPoll(_poll, LibC.Add, socket, ref MemoryMarshal.GetReference(pollEvent)) == 0)
        {
            return id;
        }

        _streams.TryRemove(id, out _);
        return 0;
    }

    /// <summary>The socket is closed, and the system has forgotten it by itself.</summary>
    public void Forget(long id) => _streams.TryRemove(id, out _);

    /// <summary>The socket goes on without the loop.</summary>
    /// <exception cref="ObjectDisposedException">It was closed meanwhile.</exception>
    public void Remove(long id, SafeSocketHandle socket)
    {
        Forget(id);
        Span<byte> unused = stackalloc byte[PollEvents.Length];
        _ = LibC.ControlPoll(_poll, LibC.Delete, socket, ref MemoryMarshal.GetReference(unused));
    }

    /// <summary>As many as there are processors, for a busy relay: one that has little to do keeps but one of them awake.</summary>
    private static PollLoop[] Start()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64))
        {
            return [];
        }

        var loops = new List<PollLoop>();
        for (var i = 0; i < Environment.ProcessorCount && LibC.CreatePoll(LibC.CloseOnExec) is >= 0 and var poll; i++)
        {
            var loop = new PollLoop(poll);
            new Thread(loop.Run) { IsBackground = true, Name = $"relay poll {i}" }.Start();
            loops.Add(loop);
        }

        return [.. loops];
    }

    private void Run()
    {
        _isLoop = true;
        var events = new byte[EventsAtOnce * PollEvents.Length];
        while (true)
        {
            var count = LibC.WaitPoll(_poll, ref events[0], EventsAtOnce, timeout: -1);
            if (count < 0 && Marshal.GetLastPInvokeError() is not LibC.Interrupted and var error)
            {
                throw new InvalidOperationException($"Sockets cannot be polled: {Marshal.GetPInvokeErrorMessage(error)}.");
            }

            for (var i = 0; i < count; i++)
            {
                var (flags, id) = PollEvents.Read(events, i);
                if (_streams.TryGetValue(id, out var stream))
                {
                    stream.OnEvent(flags);
                }
            }
        }
    }
}
