namespace MeshControl.Policy.Language;

/// <summary><c>user:*@domain</c>: the users whose e-mail address ends in <c>@domain</c>.</summary>
public sealed record DomainUsersAlias(string Domain) : Alias
{
    public override string ToString() => $"user:*@{Domain}";
}
