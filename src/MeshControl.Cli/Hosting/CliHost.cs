namespace MeshControl.Cli.Hosting;

/// <summary>All that the program sees of the process it runs in, so that a test can be that process.</summary>
internal sealed record CliHost
{
    public required TextReader In { get; init; }

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>False when the output goes into a file or a pipe: then nothing is coloured or cut.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Columns of the terminal; 0 when there is none or it does not say.</summary>
    public int Width { get; init; }

    /// <summary>All environment variables.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>True for root.</summary>
    public bool Privileged { get; init; }

    public required string WorkingDirectory { get; init; }

    /// <summary>Whether there is a file or a socket; asked in the places where the system's own are looked for.</summary>
    public Func<string, bool> Exists { get; init; } = Path.Exists;

    public required TimeProvider Time { get; init; }

    /// <summary>Colours are for people who look at a terminal and did not decline (https://no-color.org).</summary>
    public bool UseColour =>
        OutIsTerminal && string.IsNullOrEmpty(Variable("NO_COLOR")) && Variable("TERM") != "dumb";

    /// <returns>The value of an environment variable, or null.</returns>
    public string? Variable(string name) => Environment.GetValueOrDefault(name);
}
