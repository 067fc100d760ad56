using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using MeshControl.Protocol.Stun;

namespace MeshControl.Derp.Check;

/// <summary>Asks a STUN server as a client does: up to three times, shortly after each other.</summary>
internal static class StunProbe
{
    /// <summary>From the last question on.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Between two questions.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private const int Tries = 3;

    /// <summary>Larger than any answer.</summary>
    private const int BufferLength = 1500;

    /// <returns>The time from the question to its answer, or null; then with the reason if the network told one.</returns>
    public static async Task<(TimeSpan? Latency, SocketError? Error)> AskAsync(
        IPEndPoint server, TimeProvider time, CancellationToken cancellationToken)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            // Connected, so that an answer from another address counts as little as it does behind a NAT.
            await socket.ConnectAsync(server, cancellationToken);
            var sent = new Dictionary<StunTransactionId, long>();
            for (var i = 1; i <= Tries; i++)
            {
                using var patience = new CancellationTokenSource(i < Tries ? Pause : AnswerTimeout, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
                var transaction = new StunTransactionId(RandomNumberGenerator.GetBytes(StunTransactionId.Length));
                var request = new byte[StunMessage.RequestLength];
                StunMessage.WriteRequest(transaction, request);
                sent[transaction] = time.GetTimestamp();
                await socket.SendAsync(request, cancellationToken);
                try
                {
                    return (time.GetElapsedTime(await ReceiveAsync(socket, sent, either.Token)), null);
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    // Once more, if there is a try left.
                }
            }

            return (null, null);
        }
        catch (SocketException exception)
        {
            return (null, exception.SocketErrorCode);
        }
    }

    /// <returns>When the question was sent that the answer is for.</returns>
    private static async Task<long> ReceiveAsync(
        Socket socket, Dictionary<StunTransactionId, long> sent, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferLength];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, cancellationToken);
            if (StunMessage.TryReadResponse(buffer.AsSpan(0, length), out var transaction, out _) && sent.TryGetValue(transaction, out var at))
            {
                return at;
            }
        }
    }
}
