namespace MeshControl.Policy.Text;

/// <summary>A place in a policy text.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in characters: one outside the first plane is one, though it takes two places in a string.</param>
public readonly record struct TextPosition(int Line, int Column);
