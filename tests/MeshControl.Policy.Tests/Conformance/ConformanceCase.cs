using System.Text.Json;

namespace MeshControl.Policy.Tests.Conformance;

/// <summary>One case as it stands in its file, and what our code makes of it.</summary>
internal sealed class ConformanceCase
{
    private readonly HashSet<string> _routesInFlux;
    private readonly Lazy<CaseAnswer> _answer;

    private ConformanceCase(JsonElement file)
    {
        var api = file.GetProperty("api");
        Code = api.GetProperty("code").GetInt32();
        Message = api.TryGetProperty("message", out var message) ? message.GetString() : null;
        PolicyText = file.TryGetProperty("policyHuJson", out var text) ? text.GetString()! : file.GetProperty("policy").GetRawText();
        DefaultAutoUpdate = file.TryGetProperty("defaultAutoUpdate", out var update) ? update.GetBoolean() : null;
        World = CaseWorld.Parse(file.GetProperty("topology"));
        Expected = file.TryGetProperty("expected", out var expected) ? [.. expected.EnumerateObject()] : [];
        _routesInFlux = file.TryGetProperty("routesInFlux", out var flux) ? [.. flux.EnumerateArray().Select(name => name.GetString()!)] : [];
        _answer = new Lazy<CaseAnswer>(() => CaseAnswer.Of(this));
    }

    public int Code { get; }

    public string? Message { get; }

    public string PolicyText { get; }

    public bool? DefaultAutoUpdate { get; }

    public CaseWorld World { get; }

    /// <summary>What each recorded node received, by host name; nothing when the policy was refused.</summary>
    public IReadOnlyList<JsonProperty> Expected { get; }

    public CaseAnswer Answer => _answer.Value;

    public static ConformanceCase Parse(JsonElement file) => new(file);

    /// <summary>A route of this node was being approved during the recording: others saw it, or did not yet.</summary>
    public bool HasRoutesInFlux(string node) => _routesInFlux.Contains(node);
}
