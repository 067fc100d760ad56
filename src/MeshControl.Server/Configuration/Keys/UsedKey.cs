using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Configuration.Keys;

/// <summary>A key that has an effect.</summary>
internal abstract class UsedKey(string path, string description) : ConfigurationKey(path, description)
{
    /// <summary>What may be written, with its article.</summary>
    public abstract string KindName { get; }

    /// <summary>Another way to give the same value; at most one of the two may be used.</summary>
    public string? Alternative { get; init; }

    /// <summary>The key's value as one would write it in the file.</summary>
    public abstract string Format(ServerOptions options);
}
