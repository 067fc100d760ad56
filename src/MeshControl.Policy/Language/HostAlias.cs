using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language;

/// <summary>A name from <c>hosts</c>.</summary>
/// <param name="Name">As defined.</param>
/// <param name="Prefix">What it stands for.</param>
public sealed record HostAlias(string Name, IpPrefix Prefix) : Alias
{
    public override string ToString() => Name;
}
