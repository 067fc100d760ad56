namespace MeshControl.Cli.Output;

internal enum OutputFormat
{
    /// <summary>For people: tables and sentences.</summary>
    Text,

    /// <summary>Indented JSON.</summary>
    Json,

    /// <summary>JSON on one line.</summary>
    JsonLine,

    Yaml,
}
