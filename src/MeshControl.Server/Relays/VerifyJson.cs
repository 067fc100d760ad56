using System.Text.Json.Serialization;

namespace MeshControl.Server.Relays;

/// <summary>Relays are written in Go, for which names in JSON have no case.</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(VerifyRequest))]
internal sealed partial class VerifyJson : JsonSerializerContext;
