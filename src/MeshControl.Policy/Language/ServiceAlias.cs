namespace MeshControl.Policy.Language;

/// <summary><c>svc:name</c></summary>
/// <param name="Name">With its prefix.</param>
public sealed record ServiceAlias(string Name) : Alias
{
    public override string ToString() => Name;
}
