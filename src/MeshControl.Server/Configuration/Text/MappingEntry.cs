namespace MeshControl.Server.Configuration.Text;

/// <param name="Origin">Of the key.</param>
internal sealed record MappingEntry(string Key, ConfigurationOrigin Origin, ConfigNode Value);
