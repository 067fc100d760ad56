using System.Threading.Channels;
using MeshControl.Derp.Relay;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Tests.Mesh;

/// <summary>Stands in for a relay: keeps what links say of clients.</summary>
internal sealed class RecordedTable : IForwarderTable
{
    private readonly Channel<(string Change, NodePublicKey Client)> _changes = Channel.CreateUnbounded<(string, NodePublicKey)>();
    private readonly HashSet<NodePublicKey> _known = [];

    public int Count
    {
        get
        {
            lock (_known)
            {
                return _known.Count;
            }
        }
    }

    public void AddPacketForwarder(NodePublicKey client, IPacketForwarder forwarder) => Note("+", client);

    public void RemovePacketForwarder(NodePublicKey client, IPacketForwarder forwarder) => Note("-", client);

    /// <summary>The next change, such as + for a client that came.</summary>
    public async Task<(string Change, NodePublicKey Client)> NextAsync() =>
        await _changes.Reader.ReadAsync(TestContext.Current.CancellationToken);

    private void Note(string change, NodePublicKey client)
    {
        lock (_known)
        {
            _ = change == "+" ? _known.Add(client) : _known.Remove(client);
        }

        _changes.Writer.TryWrite((change, client));
    }
}
