namespace MeshControl.Server.Configuration.Values;

/// <summary>How a value is written in an environment variable.</summary>
internal enum EnvironmentForm
{
    /// <summary>As in the file.</summary>
    Single,

    /// <summary>Items between commas or spaces.</summary>
    List,

    /// <summary>Not at all: the value has a structure only a file can express.</summary>
    None,
}
