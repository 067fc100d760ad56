namespace MeshControl.Policy.Language;

/// <summary><c>ipset:name</c></summary>
/// <param name="Name">With its prefix; what it holds stands in <see cref="PolicyFile.IpSets"/>.</param>
public sealed record IpSetAlias(string Name) : Alias
{
    public override string ToString() => Name;
}
