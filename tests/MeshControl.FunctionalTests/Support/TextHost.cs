using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MeshControl.FunctionalTests.Support;

/// <summary>Answers every HTTP request with one text, on a port of its own.</summary>
internal sealed class TextHost : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<TaskCompletionSource> _waiting = new();
    private readonly Task _serving;
    private volatile string _text;

    public TextHost(string text)
    {
        _text = text;
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Url => new($"http://{_listener.LocalEndpoint}/");

    /// <summary>From the next request on.</summary>
    public void Say(string text) => _text = text;

    /// <summary>Ends when the next request has been answered.</summary>
    public Task WaitForRequestAsync(CancellationToken cancellationToken)
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue(waiting);
        return waiting.Task.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream);
                while (await reader.ReadLineAsync() is { Length: > 0 })
                {
                    // The head of the request, in which nothing matters.
                }

                var body = Encoding.UTF8.GetBytes(_text);
                var head = $"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n";
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
                await stream.WriteAsync(body);
                if (_waiting.TryDequeue(out var waiting))
                {
                    waiting.SetResult();
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException)
        {
            // Stopped.
        }
    }
}
