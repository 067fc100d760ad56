using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using MeshControl.Protocol.Control;

namespace MeshControl.Testing.Netmaps;

/// <summary>
/// What many simulated nodes of one process are told alike, kept once: a thousand nodes that know a thousand peers each know a
/// thousand descriptions, and each is parsed once. All members may be used concurrently.
/// </summary>
/// <remarks>
/// A message is taken apart without being parsed. Pieces that are the same for all viewers (peers, patches, relay map, filters…)
/// are looked up by a digest of their bytes; the rest, which is small, is parsed as it is.
/// </remarks>
public sealed class NetmapPool
{
    // Far more than the pieces of a big tailnet. Who changes more than this in a run pays for parsing some again.
    private const int MaxEntries = 400_000;

    private readonly ConcurrentDictionary<UInt128, MapResponse> _pieces = new();
    private readonly ConcurrentDictionary<(object Known, object News), object?> _outcomes = new(PairComparer.Instance);
    private int _entries;

    /// <summary>Parses a message of a map stream.</summary>
    /// <exception cref="JsonException">Not JSON, more than one value, or a value of the wrong type.</exception>
    public MapResponse Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return ControlJson.Parse<MapResponse>(json);
        }

        var rest = new ArrayBufferWriter<byte>();
        rest.Write("{"u8);
        var pieces = new MapResponse();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var name = reader.ValueSpan;
            reader.Read();
            if (!TryTakePieces(json, name, ref reader, ref pieces))
            {
                reader.Skip();
                rest.Write(rest.WrittenCount == 1 ? default : ","u8);
                rest.Write(json[start..(int)reader.BytesConsumed]);
            }
        }

        rest.Write("}"u8);
        rest.Write(json[(int)reader.BytesConsumed..]);
        return ControlJson.Parse<MapResponse>(rest.WrittenSpan) with
        {
            Peers = pieces.Peers,
            PeersChanged = pieces.PeersChanged,
            PeersChangedPatch = pieces.PeersChangedPatch,
            DerpMap = pieces.DerpMap,
            DnsConfig = pieces.DnsConfig,
            PacketFilter = pieces.PacketFilter,
            PacketFilters = pieces.PacketFilters,
            UserProfiles = pieces.UserProfiles,
        };
    }

    /// <summary>What comes of something known and something new, computed once for all nodes to which the same happens.</summary>
    internal TResult Outcome<TKnown, TNews, TResult>(TKnown known, TNews news, Func<TKnown, TNews, TResult> compute)
        where TKnown : class
        where TNews : class
    {
        if (_outcomes.TryGetValue((known, news), out var outcome))
        {
            return (TResult)outcome!;
        }

        var result = compute(known, news);
        MakeRoom();
        _outcomes[(known, news)] = result;
        return result;
    }

    private bool TryTakePieces(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, ref Utf8JsonReader reader, ref MapResponse pieces)
    {
        var isList = reader.TokenType == JsonTokenType.StartArray;
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        if (isList && name.SequenceEqual("Peers"u8))
        {
            pieces = pieces with { Peers = TakeList(json, "Peers"u8, ref reader, piece => piece.Peers!) };
        }
        else if (isList && name.SequenceEqual("PeersChanged"u8))
        {
            pieces = pieces with { PeersChanged = TakeList(json, "Peers"u8, ref reader, piece => piece.Peers!) };
        }
        else if (isList && name.SequenceEqual("PeersChangedPatch"u8))
        {
            pieces = pieces with
            {
                PeersChangedPatch = TakeList(json, "PeersChangedPatch"u8, ref reader, piece => piece.PeersChangedPatch!),
            };
        }
        else if (isList && name.SequenceEqual("PacketFilter"u8))
        {
            pieces = pieces with { PacketFilter = Take(json, name, ref reader).PacketFilter };
        }
        else if (isList && name.SequenceEqual("UserProfiles"u8))
        {
            pieces = pieces with { UserProfiles = Take(json, name, ref reader).UserProfiles };
        }
        else if (isObject && name.SequenceEqual("PacketFilters"u8))
        {
            pieces = pieces with { PacketFilters = Take(json, name, ref reader).PacketFilters };
        }
        else if (isObject && name.SequenceEqual("DERPMap"u8))
        {
            pieces = pieces with { DerpMap = Take(json, name, ref reader).DerpMap };
        }
        else if (isObject && name.SequenceEqual("DNSConfig"u8))
        {
            pieces = pieces with { DnsConfig = Take(json, name, ref reader).DnsConfig };
        }
        else
        {
            return false;
        }

        return true;
    }

    private WireList<T> TakeList<T>(
        ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, ref Utf8JsonReader reader, Func<MapResponse, WireList<T>> select)
    {
        var items = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            items.Add(select(Piece(name, json[start..(int)reader.BytesConsumed], isElement: true))[0]);
        }

        return WireList.CopyOf(items);
    }

    private MapResponse Take(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return Piece(name, json[start..(int)reader.BytesConsumed], isElement: false);
    }

    // A piece is kept as a message that holds nothing else, so that the rules of messages are the rules of pieces.
    private MapResponse Piece(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isElement)
    {
        var length = name.Length + value.Length + (isElement ? 7 : 5);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var text = rented.AsSpan(0, length);
            "{\""u8.CopyTo(text);
            name.CopyTo(text[2..]);
            (isElement ? "\":["u8 : "\":"u8).CopyTo(text[(2 + name.Length)..]);
            value.CopyTo(text[(name.Length + (isElement ? 5 : 4))..]);
            (isElement ? "]}"u8 : "}"u8).CopyTo(text[^(isElement ? 2 : 1)..]);

            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(text, digest);
            var key = new UInt128(BitConverter.ToUInt64(digest), BitConverter.ToUInt64(digest[sizeof(ulong)..]));
            if (!_pieces.TryGetValue(key, out var piece))
            {
                MakeRoom();
                piece = _pieces.GetOrAdd(key, ControlJson.Parse<MapResponse>(text));
            }

            return piece;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private void MakeRoom()
    {
        if (Interlocked.Increment(ref _entries) <= MaxEntries)
        {
            return;
        }

        Interlocked.Exchange(ref _entries, 0);
        _pieces.Clear();
        _outcomes.Clear();
    }

    /// <summary>What is pooled is the same if it is one and the same.</summary>
    private sealed class PairComparer : IEqualityComparer<(object Known, object News)>
    {
        public static readonly PairComparer Instance = new();

        public bool Equals((object Known, object News) x, (object Known, object News) y) =>
            ReferenceEquals(x.Known, y.Known) && ReferenceEquals(x.News, y.News);

        public int GetHashCode((object Known, object News) pair) => HashCode.Combine(
            System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(pair.Known),
            System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(pair.News));
    }
}
