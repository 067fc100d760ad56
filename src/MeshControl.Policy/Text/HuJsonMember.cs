namespace MeshControl.Policy.Text;

/// <summary>A member of an object.</summary>
/// <param name="Name">Unescaped, in the case it was written in.</param>
/// <param name="Position">Of the name.</param>
internal readonly record struct HuJsonMember(string Name, TextPosition Position, HuJsonValue Value);
