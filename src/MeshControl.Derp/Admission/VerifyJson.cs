using System.Text.Json.Serialization;

namespace MeshControl.Derp.Admission;

/// <summary>The messages in JSON. Names are matched without regard to case, as in the reference.</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(VerifyQuestion))]
[JsonSerializable(typeof(VerifyAnswer))]
internal sealed partial class VerifyJson : JsonSerializerContext;
