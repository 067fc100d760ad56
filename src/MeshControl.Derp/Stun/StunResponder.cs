using System.Net;
using System.Net.Sockets;
using MeshControl.Derp.Diagnostics;
using MeshControl.Protocol.Stun;
using Microsoft.Extensions.Logging;

namespace MeshControl.Derp.Stun;

/// <summary>
/// Answers what comes in at one socket, on a thread of its own that waits in the kernel: a datagram costs two system calls and no object.
/// All fields but the signal of the end belong to that thread.
/// </summary>
internal sealed class StunResponder
{
    /// <summary>An error that stays comes back with each attempt.</summary>
    internal const int MaxErrorLinesPerMinute = 2;

    // Deep enough for a log line; the default is eight megabytes of address space.
    private const int StackBytes = 256 * 1024;

    // A flood of refused datagrams is a line a second, not a full disk.
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(1);

    // An error that stays, as when the network is gone, must not keep a processor busy.
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromMilliseconds(100);

    private readonly StunSocket _socket;
    private readonly StunMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationToken _stop;
    private readonly LogThrottle _errorLines;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long? _lastLine;
    private long _unlogged;

    public StunResponder(StunSocket socket, StunMetrics metrics, TimeProvider time, ILogger logger, CancellationToken stop)
    {
        _socket = socket;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _stop = stop;
        _errorLines = new LogThrottle(time, MaxErrorLinesPerMinute);
    }

    /// <summary>Completes when the thread is done, which it is once the socket is disposed and the token cancelled.</summary>
    public Task Ended => _ended.Task;

    public void Start() => new Thread(Run, StackBytes) { IsBackground = true, Name = "stun" }.Start();

    /// <summary>Waits for one datagram and answers it if it is a request.</summary>
    internal void ServeOne()
    {
        if (!_socket.TryReceive(out var datagram))
        {
            if (!_stop.IsCancellationRequested)
            {
                _metrics.Count(StunOutcome.ReadError, _socket.Address.AddressFamily == AddressFamily.InterNetwork);
                if (_errorLines.TryPass(out _))
                {
                    StunLog.ReceiveFailed(_logger, _socket.Address);
                }

                Pause();
            }

            return;
        }

        var refusal = StunMessage.TryReadRequest(datagram, out var transaction);
        if (refusal != StunRefusal.None)
        {
            _metrics.Count(StunOutcome.NotStun, _socket.IsPeerIPv4);
            LogRefusal(refusal);
            return;
        }

        Span<byte> response = stackalloc byte[StunMessage.MaxResponseLength];
        var length = StunMessage.WriteResponse(transaction, _socket.PeerAddress, _socket.PeerPort, response);
        var answered = _socket.TryAnswer(response[..length]);
        _metrics.Count(answered ? StunOutcome.Success : StunOutcome.WriteError, _socket.IsPeerIPv4);
    }

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                ServeOne();
            }
            catch (ObjectDisposedException) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault)
            {
                if (_errorLines.TryPass(out _))
                {
                    StunLog.Faulted(_logger, fault, _socket.Address);
                }

                Pause();
            }
        }

        _ended.SetResult();
    }

    private void LogRefusal(StunRefusal refusal)
    {
        if (!_logger.IsEnabled(LogLevel.Debug))
        {
            return;
        }

        if (_lastLine is { } last && _time.GetElapsedTime(last) < LineInterval)
        {
            _unlogged++;
            return;
        }

        _lastLine = _time.GetTimestamp();
        var address = new IPAddress(_socket.IsPeerIPv4 ? _socket.PeerAddress[^4..] : _socket.PeerAddress);
        StunLog.Refused(_logger, new IPEndPoint(address, _socket.PeerPort), refusal, _unlogged);
        _unlogged = 0;
    }

    private void Pause() => _stop.WaitHandle.WaitOne(PauseAfterError);
}
