namespace MeshControl.Policy.Explain;

/// <summary>A rule of the policy.</summary>
/// <param name="Section"><c>acls</c>, <c>grants</c> or <c>ssh</c>.</param>
/// <param name="Line">From 1.</param>
/// <param name="Text">The rule in one line, cut where it is long.</param>
/// <param name="Allows">What of the question it allows, in words.</param>
public sealed record RuleReference(string Section, int Line, string Text, string Allows);
