using System.Net.Sockets;
using MeshControl.Protocol.Control;

namespace MeshControl.Derp.Map;

/// <summary>What a node of a relay map has to keep to.</summary>
internal static class NodeRules
{
    /// <returns>The first rule that is broken, or null.</returns>
    public static MapFault? Check(string path, DerpNode node)
    {
        if (node.Name.Length == 0)
        {
            return Fault("The node has no name.", "Give it a name that is unique in the whole map, such as 900a.");
        }

        if (node.HostName.Length == 0)
        {
            return Fault($"The node {node.Name} has no hostname.", "Write hostname: and the name clients connect to.");
        }

        if (RelayText.Host(node.HostName) is null)
        {
            return Fault(
                $"\"{node.HostName}\" is not the name of a host.",
                "Write the bare name or address, without https:// and without a port; the port goes into derpport.");
        }

        if (node is { Ipv4: RelayText.NoAddress, Ipv6: RelayText.NoAddress })
        {
            return Fault(
                $"The node {node.Name} has neither an IPv4 nor an IPv6 address.", "Leave one of them out, or write the address.");
        }

        if (!IsAddress(node.Ipv4, AddressFamily.InterNetwork) || !IsAddress(node.Ipv6, AddressFamily.InterNetworkV6))
        {
            return Fault(
                $"An address of the node {node.Name} is none of its family.",
                "Write an address, none, or leave the key out: clients then look the name up.");
        }

        if (node.DerpPort is < 0 or > ushort.MaxValue || node.StunPort is < -1 or > ushort.MaxValue)
        {
            return Fault(
                $"The node {node.Name} has a port that does not exist.",
                $"Ports end at {ushort.MaxValue}; leave derpport out for 443 and stunport for 3478, or write stunport: -1 for no STUN.");
        }

        return node.CertName is not { Length: > 0 } certName || RelayText.CertName(certName) is not null
            ? null
            : Fault(
                $"The node {node.Name} has a certname that is neither a name nor a hash.",
                $"Write the name in the certificate, or {RelayText.HashPrefix} and the SHA-256 of its DER form.");

        MapFault Fault(string message, string remedy) => new(path, message, remedy);
    }

    private static bool IsAddress(string? text, AddressFamily family) =>
        text is null or "" or RelayText.NoAddress || RelayText.Address(text, family) is not null;
}
