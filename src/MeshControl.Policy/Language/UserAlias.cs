namespace MeshControl.Policy.Language;

/// <summary>A user, by e-mail address, or by <c>name@</c> where users have none.</summary>
/// <param name="Login">Trimmed; compared without regard to case.</param>
public sealed record UserAlias(string Login) : Alias
{
    public bool Equals(UserAlias? other) => other is not null && string.Equals(Login, other.Login, StringComparison.OrdinalIgnoreCase);

    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Login);

    public override string ToString() => Login;
}
