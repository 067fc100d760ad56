using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Configuration.Keys;

/// <summary>A key that has an effect.</summary>
internal abstract class UsedKey(string path, string description) : ConfigurationKey(path, description)
{
    /// <summary>What may be written, with its article.</summary>
    public abstract string KindName { get; }

    /// <summary>Another way to give the same value; at most one of the two may be used.</summary>
    public string? Alternative { get; init; }

    /// <summary>Whether a running server takes over a change when it is told to load its configuration again.</summary>
    public bool IsReloadable { get; init; }

    /// <summary>The key's value as one would write it in the file.</summary>
    public abstract string Format(ServerOptions options);

    /// <summary>Whether the key's value is another one.</summary>
    public abstract bool Differs(ServerOptions left, ServerOptions right);

    /// <summary>The options of <paramref name="target"/> with the key's value of <paramref name="source"/>.</summary>
    public abstract ServerOptions Copy(ServerOptions source, ServerOptions target);
}
