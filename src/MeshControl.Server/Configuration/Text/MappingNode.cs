namespace MeshControl.Server.Configuration.Text;

/// <summary>Keys with values, in the order of the file; no key occurs twice.</summary>
internal sealed class MappingNode(ConfigurationOrigin origin, IReadOnlyList<MappingEntry> entries) : ConfigNode(origin)
{
    public IReadOnlyList<MappingEntry> Entries { get; } = entries;

    public override string Shape => "a section of keys";
}
