using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language;

/// <summary>One address, or a prefix as written with its host bits cleared.</summary>
/// <param name="Prefix">A single address as /32 or /128.</param>
public sealed record PrefixAlias(IpPrefix Prefix) : Alias
{
    public override string ToString() => Prefix.IsSingleAddress ? AddressText.Format(Prefix.Address) : Prefix.ToString();
}
