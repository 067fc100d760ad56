using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language;

/// <summary>One address, a prefix as written (host bits cleared), or a name from <c>hosts</c> with what it stands for.</summary>
/// <param name="Prefix">A single address as /32 or /128.</param>
public sealed record PrefixAlias(IpPrefix Prefix) : Alias
{
    public override string ToString() => Prefix.IsSingleAddress ? Prefix.Address.ToString() : Prefix.ToString();
}
