namespace MeshControl.Derp.Admission;

/// <summary>What a relay asks about a client.</summary>
internal sealed record VerifyQuestion(string NodePublic, string Source);
