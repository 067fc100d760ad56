using System.Text.Json;
using System.Text.Json.Nodes;

namespace MeshControl.Testing.Relays;

/// <summary>What a client says of itself when it logs in; the defaults are those of an ordinary client.</summary>
public sealed record RelayLogin
{
    /// <summary>64 hex digits; only relays among themselves have one.</summary>
    public string? MeshKey { get; init; }

    public int Version { get; init; } = 2;

    public bool CanAckPings { get; init; } = true;

    public bool IsProber { get; init; }

    public string? AppName { get; init; }

    /// <summary>Any other text instead, to be wrong.</summary>
    public string? RawJson { get; init; }

    /// <summary>As clients write it: members without a value are left out.</summary>
    public byte[] ToJson()
    {
        if (RawJson is not null)
        {
            return System.Text.Encoding.UTF8.GetBytes(RawJson);
        }

        var json = new JsonObject();
        if (MeshKey is not null)
        {
            json["meshKey"] = MeshKey;
        }

        json["version"] = Version;
        json[nameof(CanAckPings)] = CanAckPings;
        if (IsProber)
        {
            json[nameof(IsProber)] = true;
        }

        if (AppName is not null)
        {
            json[nameof(AppName)] = AppName;
        }

        return JsonSerializer.SerializeToUtf8Bytes(json);
    }
}
