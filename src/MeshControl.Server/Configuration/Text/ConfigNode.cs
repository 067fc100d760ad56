namespace MeshControl.Server.Configuration.Text;

/// <summary>A value as it was written, before anybody decided what it means.</summary>
internal abstract class ConfigNode(ConfigurationOrigin origin)
{
    public ConfigurationOrigin Origin { get; } = origin;

    /// <summary>What an operator would call it: "a list".</summary>
    public abstract string Shape { get; }

    /// <summary>Nothing was written behind the key, or <c>null</c>: as if the key were not there.</summary>
    public virtual bool IsNull => false;
}
