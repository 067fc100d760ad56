namespace MeshControl.Policy.Language;

/// <summary><c>*</c></summary>
public sealed record WildcardAlias : Alias
{
    public static WildcardAlias Instance { get; } = new();

    public override string ToString() => "*";
}
