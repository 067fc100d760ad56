namespace MeshControl.Policy.Language;

/// <summary>
/// A word that stands for people, nodes or addresses in a policy. Two aliases are equal when they mean the same thing, however
/// they were written.
/// </summary>
public abstract record Alias
{
    /// <summary>The canonical spelling.</summary>
    public abstract override string ToString();
}
