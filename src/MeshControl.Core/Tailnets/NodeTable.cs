using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using MeshControl.Core.Model;
using MeshControl.Protocol.Keys;

namespace MeshControl.Core.Tailnets;

/// <summary>
/// The nodes of a snapshot, by dense index and by everything one looks a node up by. Immutable: each change gives a new
/// table that shares all but the touched pieces with the old one.
/// </summary>
public sealed class NodeTable : IEnumerable<NodeEntry>
{
    public static readonly NodeTable Empty = new();

    private readonly NodeChunk[] _chunks = [];
    private readonly ImmutableStack<int> _free = ImmutableStack<int>.Empty;
    private readonly ImmutableDictionary<NodeId, int> _byId = ImmutableDictionary<NodeId, int>.Empty;
    private readonly ImmutableDictionary<NodePublicKey, int> _byNodeKey = ImmutableDictionary<NodePublicKey, int>.Empty;
    private readonly ImmutableDictionary<MachinePublicKey, ImmutableArray<int>> _byMachine =
        ImmutableDictionary<MachinePublicKey, ImmutableArray<int>>.Empty;

    private readonly ImmutableDictionary<string, int> _byName = ImmutableDictionary.Create<string, int>(StringComparer.Ordinal);
    private readonly ImmutableDictionary<IPAddress, int> _byAddress = ImmutableDictionary<IPAddress, int>.Empty;

    private NodeTable()
    {
    }

    private NodeTable(NodeTable source, NodeEntry? before, NodeEntry? after)
    {
        var index = (after ?? before!).Index;
        _chunks = WithEntry(source._chunks, index, after);
        Capacity = Math.Max(source.Capacity, index + 1);
        Count = source.Count + (before is null ? 1 : 0) - (after is null ? 1 : 0);
        _free = after is null ? source._free.Push(index)
            : before is null && !source._free.IsEmpty ? source._free.Pop()
            : source._free;
        var (old, now) = (before?.Node, after?.Node);
        _byId = Reindex(source._byId, old?.Id, now?.Id, index);
        _byNodeKey = Reindex(source._byNodeKey, old?.NodeKey, now?.NodeKey, index);
        _byName = Reindex(source._byName, old?.GivenName, now?.GivenName, index);
        _byAddress = Reindex(Reindex(source._byAddress, old?.IPv4, now?.IPv4, index), old?.IPv6, now?.IPv6, index);
        _byMachine = source._byMachine;
        if (old?.MachineKey != now?.MachineKey)
        {
            if (old is not null)
            {
                var rest = _byMachine[old.MachineKey].Remove(index);
                _byMachine = rest.IsEmpty ? _byMachine.Remove(old.MachineKey) : _byMachine.SetItem(old.MachineKey, rest);
            }

            if (now is not null)
            {
                _byMachine = _byMachine.SetItem(now.MachineKey, _byMachine.GetValueOrDefault(now.MachineKey, []).Add(index));
            }
        }
    }

    public int Count { get; }

    /// <summary>One more than the highest dense index ever used.</summary>
    public int Capacity { get; }

    /// <summary>The dense index that the next added node must have.</summary>
    public int NextIndex => _free.IsEmpty ? Capacity : _free.Peek();

    /// <summary>The entry at a dense index, or null where there is none.</summary>
    public NodeEntry? this[int index] => (uint)index < (uint)Capacity ? _chunks[index / NodeChunk.Size].Entries[index % NodeChunk.Size] : null;

    /// <summary>In the order of dense indexes.</summary>
    internal ReadOnlySpan<NodeChunk> Chunks => _chunks;

    public bool TryGet(NodeId id, [NotNullWhen(true)] out NodeEntry? entry) => Found(_byId.TryGetValue(id, out var index), index, out entry);

    public bool TryGet(NodePublicKey key, [NotNullWhen(true)] out NodeEntry? entry) =>
        Found(_byNodeKey.TryGetValue(key, out var index), index, out entry);

    public bool TryGetByName(string givenName, [NotNullWhen(true)] out NodeEntry? entry) =>
        Found(_byName.TryGetValue(givenName, out var index), index, out entry);

    public bool TryGet(IPAddress address, [NotNullWhen(true)] out NodeEntry? entry) =>
        Found(_byAddress.TryGetValue(address, out var index), index, out entry);

    /// <summary>All nodes of a machine: one per user or tag login.</summary>
    public IEnumerable<NodeEntry> OfMachine(MachinePublicKey machine) =>
        _byMachine.GetValueOrDefault(machine, []).Select(index => this[index]!);

    public NodeTable Add(NodeEntry entry) => new(this, null, entry);

    public NodeTable Replace(NodeEntry before, NodeEntry after) => new(this, before, after);

    public NodeTable Remove(NodeEntry entry) => new(this, entry, null);

    /// <summary>In the order of dense indexes.</summary>
    public IEnumerator<NodeEntry> GetEnumerator()
    {
        foreach (var chunk in _chunks)
        {
            foreach (var entry in chunk.Entries)
            {
                if (entry is not null)
                {
                    yield return entry;
                }
            }
        }
    }

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Where two tables differ, by index: what was there, and what is. Pieces that both share cost nothing.</summary>
    internal static IEnumerable<(NodeEntry? Before, NodeEntry? After)> Differences(NodeTable before, NodeTable after)
    {
        for (var chunk = 0; chunk < Math.Max(before._chunks.Length, after._chunks.Length); chunk++)
        {
            var (old, now) = (before._chunks.ElementAtOrDefault(chunk), after._chunks.ElementAtOrDefault(chunk));
            for (var slot = 0; slot < NodeChunk.Size && old != now; slot++)
            {
                if (!ReferenceEquals(old?.Entries[slot], now?.Entries[slot]))
                {
                    yield return (old?.Entries[slot], now?.Entries[slot]);
                }
            }
        }
    }

    private static NodeChunk[] WithEntry(NodeChunk[] chunks, int index, NodeEntry? entry)
    {
        var at = index / NodeChunk.Size;
        var copy = new NodeChunk[Math.Max(chunks.Length, at + 1)];
        chunks.CopyTo(copy, 0);
        copy[at] = (at < chunks.Length ? chunks[at] : NodeChunk.Empty).With(index % NodeChunk.Size, entry);
        return copy;
    }

    private static ImmutableDictionary<TKey, int> Reindex<TKey>(ImmutableDictionary<TKey, int> map, TKey? old, TKey? now, int index)
        where TKey : class
    {
        if (Equals(old, now))
        {
            return map;
        }

        // An entry may have been taken over by another node in the meantime, when two swapped a name or a key.
        map = old is not null && map.TryGetValue(old, out var holder) && holder == index ? map.Remove(old) : map;
        return now is null ? map : map.SetItem(now, index);
    }

    private static ImmutableDictionary<TKey, int> Reindex<TKey>(ImmutableDictionary<TKey, int> map, TKey? old, TKey? now, int index)
        where TKey : struct
    {
        if (Nullable.Equals(old, now))
        {
            return map;
        }

        map = old is { } gone && map.TryGetValue(gone, out var holder) && holder == index ? map.Remove(gone) : map;
        return now is { } added ? map.SetItem(added, index) : map;
    }

    private bool Found(bool found, int index, [NotNullWhen(true)] out NodeEntry? entry)
    {
        entry = found ? this[index] : null;
        return entry is not null;
    }
}
