namespace MeshControl.Cli.Output;

/// <summary>A column of a table: its heading and what it shows of an item.</summary>
internal sealed record Column<T>(string Heading, Func<T, Cell> Show);
