namespace MeshControl.Cli.Policies;

/// <summary>A line of one text or of both.</summary>
internal readonly record struct DiffLine(DiffKind Kind, string Text);
