namespace MeshControl.Policy.Language;

/// <summary><c>autogroup:name</c></summary>
public sealed record AutogroupAlias(Autogroup Group) : Alias
{
    public override string ToString() => Autogroups.NameOf(Group);
}
