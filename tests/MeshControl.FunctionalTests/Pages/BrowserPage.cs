using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace MeshControl.FunctionalTests.Pages;

/// <summary>A page of a browser: what it shows, what it asks for, and what it complains of.</summary>
internal sealed class BrowserPage
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Browser _browser;
    private readonly string _session;
    private readonly ConcurrentQueue<string> _complaints = [];
    private readonly ConcurrentQueue<string> _requests = [];
    private volatile TaskCompletionSource? _idle;
    private volatile string _loader = "";

    public BrowserPage(Browser browser, string session)
    {
        _browser = browser;
        _session = session;
        browser.Listen(session, Handle);
    }

    /// <summary>Errors and warnings of its console since it was shown.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>The URLs that were asked for since it was shown, its own first.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    public async Task EnableAsync()
    {
        foreach (var domain in new[] { "Page", "Runtime", "Log", "Network" })
        {
            await CallAsync($"{domain}.enable");
        }

        await CallAsync("Page.setLifecycleEventsEnabled", new JsonObject { ["enabled"] = true });
    }

    /// <param name="isPhone">It follows what a page says of its width then, and its scroll bars take no room.</param>
    /// <param name="scheme"><c>light</c> or <c>dark</c>.</param>
    public async Task UseScreenAsync(int width, int height, bool isPhone, string scheme)
    {
        await CallAsync(
            "Emulation.setDeviceMetricsOverride",
            new JsonObject { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = isPhone });
        var feature = new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme };
        await CallAsync("Emulation.setEmulatedMedia", new JsonObject { ["features"] = new JsonArray(feature) });
    }

    /// <summary>Shows a page, and returns when it asks for nothing any more.</summary>
    public async Task GoAsync(Uri url)
    {
        _complaints.Clear();
        _requests.Clear();
        _loader = "";
        var idle = _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var shown = await CallAsync("Page.navigate", new JsonObject { ["url"] = url.AbsoluteUri });
        Assert.Null(shown["errorText"]);
        await idle.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
    }

    /// <returns>What the expression is, as JSON has it.</returns>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        var answer = await CallAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true });
        Assert.Null(answer["exceptionDetails"]?.ToJsonString());
        return answer["result"]!["value"]?.DeepClone();
    }

    public async Task PressTabAsync()
    {
        foreach (var type in new[] { "rawKeyDown", "keyUp" })
        {
            await CallAsync(
                "Input.dispatchKeyEvent",
                new JsonObject { ["type"] = type, ["key"] = "Tab", ["code"] = "Tab", ["windowsVirtualKeyCode"] = 9 });
        }
    }

    /// <summary>The whole page as a PNG.</summary>
    public async Task<byte[]> TakePictureAsync()
    {
        var answer = await CallAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png", ["captureBeyondViewport"] = true });
        return Convert.FromBase64String(answer["data"]!.GetValue<string>());
    }

    private Task<JsonNode> CallAsync(string method, JsonObject? parameters = null) => _browser.CallAsync(method, parameters, _session);

    private void Handle(string method, JsonNode parameters)
    {
        switch (method)
        {
            case "Network.requestWillBeSent":
                _requests.Enqueue(parameters["request"]!["url"]!.GetValue<string>());
                break;
            case "Page.lifecycleEvent" when parameters["name"]!.GetValue<string>() == "init":
                _loader = parameters["loaderId"]!.GetValue<string>();
                break;
            case "Page.lifecycleEvent" when parameters["name"]!.GetValue<string>() == "networkIdle" && parameters["loaderId"]!.GetValue<string>() == _loader:
                _idle?.TrySetResult();
                break;
            case "Runtime.exceptionThrown":
                _complaints.Enqueue(parameters["exceptionDetails"]!["text"]!.GetValue<string>());
                break;
            case "Runtime.consoleAPICalled":
                _complaints.Enqueue(parameters["args"]!.ToJsonString());
                break;
            case "Log.entryAdded":
                var entry = parameters["entry"]!;
                _complaints.Enqueue($"{entry["level"]} {entry["source"]} {entry["url"]}: {entry["text"]}");
                break;
            default:
                break;
        }
    }
}
