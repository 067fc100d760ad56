using MeshControl.Policy.Text;

namespace MeshControl.Policy.Access;

/// <summary>Where in the policy a rule comes from.</summary>
/// <param name="Section"><c>acls</c>, <c>grants</c> or <c>ssh</c>; empty for the rule that stands in where there is no policy.</param>
/// <param name="Entry">From 0.</param>
/// <param name="Position">Of the entry in the text.</param>
public sealed record RuleOrigin(string Section, int Entry, TextPosition Position);
