using System.Text.Json.Serialization;

namespace MeshControl.Server.RelayMaps;

/// <summary>The form of copies on disk.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(MapCopy))]
internal sealed partial class MapCopyJson : JsonSerializerContext;
