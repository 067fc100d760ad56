namespace MeshControl.Server.Configuration;

/// <summary>Where a value was written: a line of a file, an environment variable, or nowhere (a default).</summary>
/// <param name="Line">Counted from 1; null when the file as a whole is meant.</param>
public readonly record struct ConfigurationOrigin(string? File, int? Line, string? Variable)
{
    public static ConfigurationOrigin OfFile(string file) => new(file, null, null);

    public static ConfigurationOrigin OfLine(string file, int line) => new(file, line, null);

    public static ConfigurationOrigin OfVariable(string name) => new(null, null, name);

    /// <summary>Empty for a default.</summary>
    public override string ToString() => (File, Line, Variable) switch
    {
        (_, _, { } variable) => $"environment variable {variable}",
        ({ } file, { } line, _) => $"{file} line {line}",
        ({ } file, null, _) => file,
        _ => "",
    };
}
