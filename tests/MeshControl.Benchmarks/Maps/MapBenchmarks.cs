using System.Buffers;
using BenchmarkDotNet.Attributes;
using MeshControl.Core.Maps.Rendering;
using MeshControl.Core.Tests.Support;
using MeshControl.Protocol.Compression;

namespace MeshControl.Benchmarks.Maps;

/// <summary>Messages down to the compressed bytes that clients are sent, where all see all. Each returns how many those were.</summary>
[MemoryDiagnoser]
public class MapBenchmarks
{
    private readonly MapFrameWriter _frames = new(new ZstdCompressor());
    private readonly ArrayBufferWriter<byte> _output = new();
    private StreamedTailnet _tailnet = null!;

    [Params(10, 100, 1_000)]
    public int Nodes { get; set; }

    [GlobalSetup]
    public void Setup() => _tailnet = new StreamedTailnet(Seeds.WithNodes(Nodes));

    /// <summary>The whole map of one node.</summary>
    [Benchmark]
    public long WholeMapForOne() => Write(_tailnet.Sessions[^1].FirstMessage());

    /// <summary>The whole maps of all nodes, one of which has changed.</summary>
    [Benchmark]
    public long WholeMapForAll()
    {
        _tailnet.ChangeEndpoint();
        return _tailnet.Sessions.Sum(session => Write(session.FirstMessage()));
    }

    /// <summary>One node's endpoint, told to all others.</summary>
    [Benchmark]
    public long EndpointForAll()
    {
        _tailnet.ChangeEndpoint();
        return WriteNext();
    }

    /// <summary>Another map of relays, told to all.</summary>
    [Benchmark]
    public long RelaysForAll()
    {
        _tailnet.ChangeRelays();
        return WriteNext();
    }

    private long WriteNext() => _tailnet.Sessions.Sum(session => Write(session.NextMessage()));

    private long Write(MapMessage? message)
    {
        _output.ResetWrittenCount();
        message?.WriteTo(_frames, _output, compress: true);
        return _output.WrittenCount;
    }
}
