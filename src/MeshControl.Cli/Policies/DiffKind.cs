namespace MeshControl.Cli.Policies;

/// <summary>What became of a line.</summary>
internal enum DiffKind
{
    Same,
    Gone,
    New,
}
