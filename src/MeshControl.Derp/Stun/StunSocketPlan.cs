using System.Net;
using System.Net.Sockets;

namespace MeshControl.Derp.Stun;

/// <summary>Where one socket listens.</summary>
/// <param name="Address">The address, and port 0 for any port.</param>
/// <param name="IsDualStack">Whether it also takes IPv4, whose addresses it then sees in IPv6 form.</param>
internal sealed record StunSocketPlan(IPEndPoint Address, bool IsDualStack)
{
    /// <summary>
    /// One socket for each address. <c>[::]</c> takes IPv4 too, as everywhere, unless the list has an IPv4 address with the same port; on a
    /// system without IPv6 it means <c>0.0.0.0</c>.
    /// </summary>
    public static IReadOnlyList<StunSocketPlan> For(IReadOnlyList<IPEndPoint> addresses, bool hasIPv6)
    {
        var plans = new List<StunSocketPlan>();
        foreach (var address in addresses.Distinct())
        {
            var isAny = address.Address.Equals(IPAddress.IPv6Any);
            var hasOwnIPv4 = addresses.Any(other => other.AddressFamily == AddressFamily.InterNetwork && other.Port == address.Port);
            if (!isAny || hasIPv6)
            {
                plans.Add(new StunSocketPlan(address, isAny && !hasOwnIPv4));
            }
            else if (!hasOwnIPv4)
            {
                plans.Add(new StunSocketPlan(new IPEndPoint(IPAddress.Any, address.Port), false));
            }
        }

        return plans;
    }
}
