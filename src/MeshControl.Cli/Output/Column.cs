namespace MeshControl.Cli.Output;

/// <summary>A column of a table.</summary>
/// <param name="Heading">Stands above it.</param>
/// <param name="Show">What it shows of an item.</param>
/// <param name="Rank">On narrow terminals, columns are left out from the highest rank on; 0 stays in any case.</param>
internal sealed record Column<T>(string Heading, Func<T, Cell> Show, int Rank = 0);
