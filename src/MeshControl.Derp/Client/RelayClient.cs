using System.IO.Pipelines;
using System.Security.Cryptography;
using MeshControl.Protocol.Crypto;

namespace MeshControl.Derp.Client;

/// <summary>
/// A connection to a relay after the login. Frames are read by one caller and written by any number. A relay that is silent for
/// too long, or does not read, is disconnected; <see cref="Failure"/> then says why.
/// </summary>
public sealed class RelayClient : IAsyncDisposable
{
    private readonly RelayTransport _transport;
    private readonly RelayFrameReader _frames;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ITimer _silence;
    private readonly ITimer _stuck;

    /// <summary>Set once.</summary>
    private RelayFailure? _failure;

    private RelayClient(RelayTransport transport, RelayFrameReader frames, RelayWelcome welcome, TimeProvider time)
    {
        (_transport, _frames, Welcome) = (transport, frames, welcome);
        _silence = time.CreateTimer(
            static client => ((RelayClient)client!).EndInTime("sent nothing for", RelayTimeouts.ReceiveTimeout),
            this,
            RelayTimeouts.ReceiveTimeout,
            Timeout.InfiniteTimeSpan);
        _stuck = time.CreateTimer(
            static client => ((RelayClient)client!).EndInTime("read nothing for", RelayTimeouts.WriteTimeout),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>How the connection came to be.</summary>
    public RelayTransport Transport => _transport;

    public RelayWelcome Welcome { get; }

    /// <summary>Why the connection ended; null as long as nobody has noticed.</summary>
    public RelayFailure? Failure => Volatile.Read(ref _failure);

    /// <summary>Connects and logs in.</summary>
    /// <param name="endpoint">Where.</param>
    /// <param name="key">As whom: a node key, or the key of a relay.</param>
    /// <param name="options">As what.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<RelayResult<RelayClient>> ConnectAsync(
        RelayEndpoint endpoint, X25519PrivateKey key, RelayClientOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var opened = await RelayTransport.OpenAsync(endpoint, time, cancellationToken);
        return opened.Succeeded ? await LoginAsync(opened.Value, key, options, time, cancellationToken) : opened.Failure;
    }

    /// <summary>Logs in on a connection, which belongs to the client then, and is closed if there is none.</summary>
    public static async Task<RelayResult<RelayClient>> LoginAsync(
        RelayTransport transport, X25519PrivateKey key, RelayClientOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(RelayTimeouts.LoginTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var reader = PipeReader.Create(transport.Stream, new StreamPipeReaderOptions(leaveOpen: true));
        var login = new RelayLogin(transport, reader, key, options, time);
        RelayFailure failure;
        try
        {
            var welcome = await login.RunAsync(either.Token);
            if (welcome.Succeeded)
            {
                return new RelayClient(transport, login.Frames, welcome.Value, time);
            }

            failure = welcome.Failure;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            failure = new RelayFailure(
                RelayFault.TimedOut,
                $"{transport.Endpoint.Authority} did not let the client in within {RelayTimeouts.LoginTimeout.TotalSeconds:0} s.");
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or CryptographicException)
        {
            failure = Broke(transport, exception);
        }
        catch
        {
            await transport.DisposeAsync();
            throw;
        }

        await transport.DisposeAsync();
        return failure;
    }

    /// <summary>The next frame, of whatever type. For one caller at a time.</summary>
    /// <returns>Null when the connection has ended.</returns>
    public async ValueTask<RelayFrame?> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            var frame = await _frames.ReadAsync(cancellationToken);
            if (frame is null)
            {
                End(new RelayFailure(RelayFault.Disconnected, $"{_transport.Endpoint.Authority} hung up."));
            }

            _silence.Change(RelayTimeouts.ReceiveTimeout, Timeout.InfiniteTimeSpan);
            return frame;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or ObjectDisposedException)
        {
            End(Broke(_transport, exception));
            return null;
        }
    }

    /// <summary>Writes whole frames.</summary>
    /// <returns>False when the connection has ended.</returns>
    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> frames, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            _stuck.Change(RelayTimeouts.WriteTimeout, Timeout.InfiniteTimeSpan);
            await _transport.Stream.WriteAsync(frames, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            End(Broke(_transport, exception));
            return false;
        }
        catch (OperationCanceledException)
        {
            // Half a frame may be on its way, behind which nothing can follow.
            Abort();
            throw;
        }
        finally
        {
            _stuck.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _writing.Release();
        }
    }

    /// <summary>Ends the connection at once, from any thread.</summary>
    public void Abort() => End(new RelayFailure(RelayFault.Disconnected, $"The connection to {_transport.Endpoint.Authority} was closed."));

    public async ValueTask DisposeAsync()
    {
        Abort();
        await _silence.DisposeAsync();
        await _stuck.DisposeAsync();
        await _transport.DisposeAsync();
    }

    private static RelayFailure Broke(RelayTransport transport, Exception exception) => exception is InvalidDataException
        ? new(RelayFault.Protocol, $"{transport.Endpoint.Authority} does not follow the relay protocol: {exception.Message}")
        : new(RelayFault.Disconnected, $"The connection to {transport.Endpoint.Authority} broke: {exception.Message}");

    private void EndInTime(string what, TimeSpan limit) => End(new RelayFailure(
        RelayFault.TimedOut, $"{_transport.Endpoint.Authority} {what} {limit.TotalSeconds:0} s."));

    private void End(RelayFailure failure)
    {
        Interlocked.CompareExchange(ref _failure, failure, null);
        _transport.Abort();
    }
}
