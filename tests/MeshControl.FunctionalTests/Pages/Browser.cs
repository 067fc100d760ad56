using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeshControl.FunctionalTests.Pages;

/// <summary>A Chromium without a window, steered by its DevTools protocol. It resolves no names, so it reaches loopback addresses alone.</summary>
public sealed class Browser : IAsyncDisposable
{
    private const string Announcement = "DevTools listening on ";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("mesh-browser-");
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _calls = [];
    private readonly ConcurrentDictionary<string, Action<string, JsonNode>> _sessions = [];
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly ClientWebSocket _socket = new();
    private Process? _process;
    private Task _printing = Task.CompletedTask;
    private Task _reading = Task.CompletedTask;
    private int _lastCall;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Opens a page. The first call starts the browser, or skips the test where there is none.</summary>
    internal async Task<BrowserPage> OpenAsync()
    {
        await StartAsync();
        var target = (await CallAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" }))["targetId"]!.GetValue<string>();
        var attached = await CallAsync("Target.attachToTarget", new JsonObject { ["targetId"] = target, ["flatten"] = true });
        var page = new BrowserPage(this, attached["sessionId"]!.GetValue<string>());
        await page.EnableAsync();
        return page;
    }

    /// <summary>From here on the session's events go there.</summary>
    internal void Listen(string session, Action<string, JsonNode> handle) => _sessions[session] = handle;

    /// <returns>The result.</returns>
    internal async Task<JsonNode> CallAsync(string method, JsonObject? parameters = null, string? session = null)
    {
        var id = Interlocked.Increment(ref _lastCall);
        var call = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (session is not null)
        {
            call["sessionId"] = session;
        }

        var answer = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[id] = answer;
        await _sending.WaitAsync(Token);
        try
        {
            await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes<JsonNode>(call), WebSocketMessageType.Text, endOfMessage: true, Token);
        }
        finally
        {
            _sending.Release();
        }

        var message = await answer.Task.WaitAsync(Token);
        return message["result"] ?? throw new InvalidOperationException($"{method}: {message["error"]?.ToJsonString()}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        await _printing;
        await _reading;
        _socket.Dispose();
        _starting.Dispose();
        _sending.Dispose();
        _profile.Delete(recursive: true);
    }

    private async Task StartAsync()
    {
        await _starting.WaitAsync(Token);
        try
        {
            if (_process is not null)
            {
                return;
            }

            var program = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(path => Path.Combine(path, "chromium")).FirstOrDefault(File.Exists);
            Assert.SkipWhen(program is null, "chromium is not installed (deploy/install-packages.sh test).");
            string[] options =
            [
                "--headless=new",
                "--remote-debugging-port=0",
                $"--user-data-dir={_profile.FullName}",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-gpu",
                "--disable-dev-shm-usage",

                // The tests run as root, and look at nothing but our own pages.
                "--no-sandbox",
                "about:blank",
            ];
            _process = Process.Start(new ProcessStartInfo(program!, options) { RedirectStandardError = true })!;
            var announced = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
            _printing = FollowErrorsAsync(_process.StandardError, announced);
            await _socket.ConnectAsync(await announced.Task.WaitAsync(StartLimit, Token), Token);
            _reading = ReadAsync();
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Finds out where the browser listens, and reads on, or it would stop.</summary>
    private static async Task FollowErrorsAsync(StreamReader errors, TaskCompletionSource<Uri> announced)
    {
        var before = "";
        while (await errors.ReadLineAsync() is { } line)
        {
            before += line + "\n";
            if (line.StartsWith(Announcement, StringComparison.Ordinal))
            {
                announced.TrySetResult(new Uri(line[Announcement.Length..]));
                before = "";
            }
        }

        announced.TrySetException(new IOException($"The browser ended before it could be steered: {before}"));
    }

    /// <summary>Hands answers to those who called and events to their sessions, until the browser ends.</summary>
    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer, CancellationToken.None);
                message.Write(buffer, 0, part.Count);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                if (part.EndOfMessage)
                {
                    Handle(JsonNode.Parse(message.ToArray())!);
                    message.SetLength(0);
                }
            }
        }
        catch (WebSocketException)
        {
            // It was killed.
        }

        foreach (var call in _calls.Values)
        {
            call.TrySetException(new IOException("The browser is gone."));
        }
    }

    private void Handle(JsonNode message)
    {
        if (message["id"]?.GetValue<int>() is { } id)
        {
            if (_calls.TryRemove(id, out var call))
            {
                call.SetResult(message);
            }
        }
        else if (message["sessionId"]?.GetValue<string>() is { } session && _sessions.TryGetValue(session, out var handle))
        {
            handle(message["method"]!.GetValue<string>(), message["params"]!);
        }
    }
}
