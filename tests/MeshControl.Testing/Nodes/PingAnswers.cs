using MeshControl.Protocol.Control;
using MeshControl.Testing.Channels;

namespace MeshControl.Testing.Nodes;

/// <summary>Answers the server's plain pings: a HEAD of the URL, inside the channel or outside, once per URL in a row.</summary>
internal sealed class PingAnswers
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private readonly List<Task> _pending = [];
    private string _lastUrl = "";

    /// <summary>Begins to answer; the stream's loop does not wait for it.</summary>
    public void Begin(PingRequest ping, ControlClient client)
    {
        if (ping.Url.Length == 0 || ping.Url == _lastUrl || !string.IsNullOrEmpty(ping.Types))
        {
            return;
        }

        _lastUrl = ping.Url;
        _pending.RemoveAll(task => task.IsCompletedSuccessfully);
        _pending.Add(AnswerAsync(ping, client));
    }

    /// <summary>Waits for the answers that are under way.</summary>
    public Task FinishAsync() => Task.WhenAll(_pending);

    private static async Task AnswerAsync(PingRequest ping, ControlClient client)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var url = new Uri(ping.Url);
            if (ping.UrlIsNoise)
            {
                using var response = await client.SendAsync(HttpMethod.Head, url.PathAndQuery, body: null, limit.Token);
            }
            else
            {
                using var request = new HttpRequestMessage(HttpMethod.Head, url);
                using var response = await client.SendOutsideAsync(request, limit.Token);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or ControlException)
        {
            // A client logs this and goes on; the status is not looked at either.
        }
    }
}
