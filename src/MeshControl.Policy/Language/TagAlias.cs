namespace MeshControl.Policy.Language;

/// <summary><c>tag:name</c></summary>
/// <param name="Name">With its prefix.</param>
public sealed record TagAlias(string Name) : Alias
{
    public override string ToString() => Name;
}
