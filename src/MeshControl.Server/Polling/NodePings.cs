using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using MeshControl.Core;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Machine;

namespace MeshControl.Server.Polling;

/// <summary>
/// Asks nodes whether they are there: a message in the map stream names a URL, the client requests it inside its channel. That it
/// did tells more than an open connection, whose other end may have gone without a word.
/// </summary>
/// <param name="serverUrl">How clients reach the server: the answer then comes by the connection that they have.</param>
internal sealed class NodePings(Uri serverUrl, TimeProvider time)
{
    /// <summary>Where clients answer.</summary>
    public const string Path = "/machine/ping-response";

    /// <summary>Answers that are waited for at the same time, in the whole server: each holds an administrator's call.</summary>
    public const int MaxWaiting = 1000;

    /// <summary>Clients give up their request after 15 s.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);

    private const int IdLength = 16;

    private readonly ConcurrentDictionary<string, Waiting> _waiting = new();

    /// <summary>Asks a node, and waits for its answer.</summary>
    /// <returns>How long the answer took.</returns>
    public async Task<Result<TimeSpan>> PingAsync(Tailnet tailnet, NodeEntry node, CancellationToken cancellationToken)
    {
        if (_waiting.Count >= MaxWaiting)
        {
            return CoreError.Exhausted($"The server waits for {MaxWaiting} answers already; try again later.");
        }

        var id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        var waiting = new Waiting(node.Node.MachineKey);
        _waiting[id] = waiting;
        try
        {
            var asked = time.GetTimestamp();
            var ping = new PingRequest { Url = UrlOf(id), UrlIsNoise = true };
            if (!tailnet.Sessions.TryGet(node.Id, out var session) || !session.TryPing(ping))
            {
                return CoreError.Refused($"The node {node.Node.GivenName} is not connected.");
            }

            await waiting.Answered.Task.WaitAsync(AnswerTimeout, time, cancellationToken);
            return time.GetElapsedTime(asked);
        }
        catch (TimeoutException)
        {
            return CoreError.Refused(string.Create(
                CultureInfo.InvariantCulture, $"The node {node.Node.GivenName} is connected, but has not answered for {AnswerTimeout.TotalSeconds} s."));
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    /// <summary>Takes an answer.</summary>
    /// <returns>False when nobody waits for it, or when it comes from another machine than the one that was asked.</returns>
    public bool TryAnswer(string id, MachinePublicKey machine) =>
        _waiting.TryGetValue(id, out var waiting) && waiting.Machine == machine && waiting.Answered.TrySetResult();

    private string UrlOf(string id) => $"{ChannelUrl.OriginOf(serverUrl)}{Path}?id={id}";

    private sealed record Waiting(MachinePublicKey Machine)
    {
        public TaskCompletionSource Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
