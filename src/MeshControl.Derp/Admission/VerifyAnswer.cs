namespace MeshControl.Derp.Admission;

/// <summary>What a control server answers; no word is a no.</summary>
internal sealed record VerifyAnswer(bool Allow);
