namespace MeshControl.Policy.Language;

/// <summary><c>group:name</c></summary>
/// <param name="Name">With its prefix.</param>
public sealed record GroupAlias(string Name) : Alias
{
    public override string ToString() => Name;
}
