using MeshControl.Derp.Mesh;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Tests.Mesh;

/// <summary>What waits for another relay, and what is dropped.</summary>
public sealed class MeshQueueTests
{
    /// <summary>V6 of the reference: "hello" from A to B as a relay writes it.</summary>
    private const string Hello =
        "0a0000004507a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c"
        + "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a68656c6c6f";

    private static readonly NodePublicKey A =
        NodePublicKey.Parse("nodekey:07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c");

    private static readonly NodePublicKey B =
        NodePublicKey.Parse("nodekey:8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");

    private readonly MeshQueue _queue = new();

    [Fact]
    public void Take_WhatWasAdded_IsAsOnTheWire()
    {
        _queue.Open();
        Assert.True(_queue.TryAdd(A, B, "hello"u8));
        Assert.True(_queue.TryAdd([0x10, 0, 0, 0, 0]));
        Assert.True(_queue.TryAdd(A, B, "hello"u8));

        Assert.True(_queue.TryTake(out var bytes, out var length, out var packets));
        Assert.Equal((Hello + "1000000000" + Hello, 2), (Convert.ToHexStringLower(bytes.AsSpan(0, length)), packets));
        Assert.False(_queue.TryTake(out _, out _, out _));
    }

    [Fact]
    public void Add_WhileThereIsNoConnection_IsDropped()
    {
        Assert.False(_queue.TryAdd(A, B, "hello"u8));
        _queue.Open();
        Assert.True(_queue.TryAdd(A, B, "hello"u8));
        Assert.Equal(1, _queue.Close());
        Assert.False(_queue.TryAdd(A, B, "hello"u8));

        // What waited for the connection before does not go out on the next one.
        _queue.Open();
        Assert.False(_queue.TryTake(out _, out _, out _));
    }

    [Fact]
    public void Add_BeyondTheMost_IsDroppedAndDiscoHasTheLastPart()
    {
        _queue.Open();
        var packet = new byte[1000 - DerpFrame.ForwardOverhead];
        byte[] disco = [0x54, 0x53, 0xf0, 0x9f, 0x92, 0xac, .. packet.AsSpan(6)];

        var packets = Fill(packet);
        Assert.Equal((MeshQueue.MaxQueuedBytes - MeshQueue.DiscoReserve) / 1000, packets);
        packets += Fill(disco);
        Assert.Equal(MeshQueue.MaxQueuedBytes / 1000, packets);

        // To the byte.
        var rest = MeshQueue.MaxQueuedBytes - (packets * 1000);
        Assert.False(_queue.TryAdd(new byte[rest + 1]));
        Assert.True(_queue.TryAdd(new byte[rest]));
        Assert.True(_queue.TryTake(out _, out var length, out _));
        Assert.Equal(MeshQueue.MaxQueuedBytes, length);
        Assert.True(_queue.TryAdd(A, B, packet));
    }

    private int Fill(byte[] packet)
    {
        var count = 0;
        while (_queue.TryAdd(A, B, packet))
        {
            count++;
        }

        return count;
    }
}
