using System.Text.Json;

namespace MeshControl.Protocol.Tests.Control;

/// <summary>One line of a recorded scene; see the README beside the recordings.</summary>
internal sealed record CapturedLine(string File, int Number, JsonElement Root)
{
    public string Kind => Text("kind");

    public string Path => Text("path");

    public string Client => Text("client");

    public int Connection => Root.TryGetProperty("conn", out var conn) ? conn.GetInt32() : 0;

    public int Request => Root.TryGetProperty("req", out var req) ? req.GetInt32() : 0;

    public JsonElement? Body => Root.TryGetProperty("body", out var body) && body.ValueKind == JsonValueKind.Object ? body : null;

    public override string ToString() => $"{File}:{Number}";

    private string Text(string name) => Root.TryGetProperty(name, out var value) ? value.GetString()! : "";
}
