namespace MeshControl.Policy.Language;

/// <summary><c>*</c></summary>
public sealed record WildcardAlias : Alias
{
    public override string ToString() => "*";
}
