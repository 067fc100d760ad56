using System.Net;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Addresses;

/// <summary>Where node addresses come from; at least one family.</summary>
public sealed record AddressPlan(IPNetwork? V4, IPNetwork? V6, AddressStrategy Strategy)
{
    /// <summary>The prefixes that there are, IPv4 first.</summary>
    public IEnumerable<IpPrefix> Prefixes
    {
        get
        {
            foreach (var network in new[] { V4, V6 })
            {
                if (network is { } prefix)
                {
                    yield return new IpPrefix(prefix.BaseAddress, prefix.PrefixLength);
                }
            }
        }
    }
}
