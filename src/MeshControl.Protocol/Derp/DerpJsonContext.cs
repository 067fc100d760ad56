using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Derp;

/// <summary>The two messages of a login.</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(DerpClientInfo))]
[JsonSerializable(typeof(DerpServerInfo))]
internal sealed partial class DerpJsonContext : JsonSerializerContext;
