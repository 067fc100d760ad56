namespace MeshControl.Cli.Output;

/// <summary>How a cell is coloured, on terminals that want it.</summary>
internal enum Tint
{
    None,
    Heading,
    Good,
    Bad,
}
