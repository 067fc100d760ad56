using System.Net;
using System.Security.Cryptography;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Addresses;

/// <summary>Finds addresses for a new node. An address is never given out while a node has it.</summary>
public static class AddressAllocator
{
    /// <summary>One address per family of the plan, or an error that names the prefix that is full.</summary>
    public static Result<NodeAddresses> Allocate(TailnetSnapshot snapshot) => Allocate(snapshot, RandomNumberGenerator.Fill);

    internal static Result<NodeAddresses> Allocate(TailnetSnapshot snapshot, Action<Span<byte>> fillRandom)
    {
        var plan = snapshot.Settings.Addresses;
        var found = new IPAddress?[2];
        foreach (var (prefix, cursor, slot) in new[] { (plan.V4, snapshot.LastIPv4, 0), (plan.V6, snapshot.LastIPv6, 1) })
        {
            if (prefix is not { } network)
            {
                continue;
            }

            var pool = new AddressPool(network);
            found[slot] = plan.Strategy == AddressStrategy.Random
                ? pool.RandomFree(fillRandom, IsUsed)
                : pool.NextFree(cursor, IsUsed);
            if (found[slot] is null)
            {
                return CoreError.Exhausted(
                    $"No address is free in {network}; delete nodes that are gone, or configure a larger prefix.");
            }
        }

        return new NodeAddresses(found[0], found[1]);

        bool IsUsed(IPAddress address) => snapshot.Nodes.TryGet(address, out _);
    }
}
