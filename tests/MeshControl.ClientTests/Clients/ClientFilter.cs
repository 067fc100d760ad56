using System.Net;
using System.Text.Json;

namespace MeshControl.ClientTests.Clients;

/// <summary>What a client made of the filter rules that the server sent it: who may reach what of it.</summary>
internal sealed class ClientFilter
{
    private const int Tcp = 6;

    private readonly IReadOnlyList<Match> _matches;

    private ClientFilter(IReadOnlyList<Match> matches) => _matches = matches;

    /// <param name="netmap">What <c>tailscale debug netmap</c> prints.</param>
    public static ClientFilter Parse(string netmap)
    {
        using var document = JsonDocument.Parse(netmap);
        var filter = document.RootElement.GetProperty("PacketFilter");
        return new ClientFilter(filter.ValueKind == JsonValueKind.Null ? [] : [.. filter.EnumerateArray().Select(Read)]);
    }

    public bool AllowsTcp(string source, string destination, int port)
    {
        var (from, to) = (IPAddress.Parse(source), IPAddress.Parse(destination));
        return _matches.Any(match => match.Protocols.Contains(Tcp)
            && match.Sources.Any(network => network.Contains(from))
            && match.Destinations.Any(place => place.Network.Contains(to) && place.First <= port && port <= place.Last));
    }

    private static Match Read(JsonElement match) => new(
        [.. Elements(match, "IPProto").Select(protocol => protocol.GetInt32())],
        [.. Elements(match, "Srcs").Select(source => IPNetwork.Parse(source.GetString()!))],
        [
            .. Elements(match, "Dsts").Select(destination => (
                IPNetwork.Parse(destination.GetProperty("Net").GetString()!),
                destination.GetProperty("Ports").GetProperty("First").GetInt32(),
                destination.GetProperty("Ports").GetProperty("Last").GetInt32())),
        ]);

    /// <summary>Clients write <c>null</c> for lists that they do not have.</summary>
    private static IEnumerable<JsonElement> Elements(JsonElement match, string name) =>
        match.TryGetProperty(name, out var list) && list.ValueKind != JsonValueKind.Null ? list.EnumerateArray() : [];

    private sealed record Match(
        IReadOnlyList<int> Protocols, IReadOnlyList<IPNetwork> Sources, IReadOnlyList<(IPNetwork Network, int First, int Last)> Destinations);
}
