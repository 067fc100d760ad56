using System.Text.Json;
using System.Text.Json.Serialization;

namespace MeshControl.Protocol.Control.Json;

/// <summary>A value type for which JSON <c>null</c> means "not set", that is the default value, as clients read it.</summary>
internal abstract class ZeroForNullConverter<T> : JsonConverter<T>
    where T : struct
{
    public override bool HandleNull => true;

    public sealed override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? default : ReadValue(ref reader);

    protected abstract T ReadValue(ref Utf8JsonReader reader);
}
