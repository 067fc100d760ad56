using System.Net;
using MeshControl.Derp.Relay;
using MeshControl.Fuzz.Engine;
using MeshControl.Fuzz.Mutations;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;
using Microsoft.Extensions.Logging.Abstractions;

namespace MeshControl.Fuzz.Targets.Derp;

/// <summary>
/// The relay behind its login: a client whose frames are mutated, and a peer that gets some of them, at once or after a while in which it
/// read nothing. What arrives is compared with what the bytes mean.
/// </summary>
internal sealed class RelayInputs : IDisposable
{
    private const int MaxInput = 80 * 1024;
    private const int MaxFrames = 12;
    private const int ReasonOffset = KeyBytes.Length;

    // So many notices that a peer is not here may come at once.
    private const int NotHereBurst = 3;

    private static readonly NodePublicKey Client = Key(0xA1);
    private static readonly NodePublicKey Peer = Key(0xB2);
    private static readonly NodePublicKey Stranger = Key(0xC3);
    private static readonly IPEndPoint Remote = new(0x010200C0, 41641);
    private static readonly DerpClientInfo Info = new() { Version = DerpProtocol.Version };

    private readonly X25519PrivateKey _key = X25519PrivateKey.Generate();
    private readonly SteppedTime _time = new();
    private readonly RelayHub _hub;
    private readonly FrameSamples _samples = new([Client, Peer, Stranger]);
    private readonly ByteMutator _input = new(MaxInput);
    private readonly ScriptedStream _clientStream = new();
    private readonly ScriptedStream _peerStream = new();
    private readonly Pump _pump = new();

    public RelayInputs() => _hub = new RelayHub(new RelayOptions(), _key, _time, NullLogger.Instance);

    public void Run(FuzzRandom random, Tally tally)
    {
        var isMeshPeer = random.OneIn(3);
        Make(random, isMeshPeer);
        var isHeld = random.OneIn(6);
        var model = RelayModel.Of(_input.Span, Client, isMeshPeer);
        _clientStream.Begin(_input.Memory, random, writesBeforeHold: -1);
        _peerStream.Begin(default, random, isHeld ? random.Below(3) : -1);

        var client = Connect(Client, _clientStream, isMeshPeer);
        var peer = Connect(Peer, _peerStream, isMeshPeer: false);
        var clientSlot = _hub.Register(client);
        var peerSlot = _hub.Register(peer);
        var end = _pump.Run(() => ServeAsync(client, clientSlot));
        _peerStream.Release();
        _pump.RunWaiting();
        while (!peer.Outbox.DrainAsync().IsCompleted)
        {
            // After some writes in a row the outbox goes on in the thread pool.
            Thread.Yield();
        }

        _hub.Unregister(client, clientSlot, end);
        _hub.Unregister(peer, peerSlot, end);
        _pump.RunWaiting();
        _time.MoveOn();

        var isClosed = model.Closed.Contains(Client);
        RuleBrokenException.Require(
            isClosed || model.IsViolation == (end != "closed by the client"), $"the connection ended as '{end}'");
        RuleBrokenException.Require(!_hub.Registry.Slots.Any(), "somebody is still registered");
        CheckPeer(model, isHeld);
        CheckClient(model, isMeshPeer, isClosed, tally);
        tally.Count($"relay: {end}");
        tally.Count($"relay: {(model.PacketsFor(Peer).Count == 0 ? "nothing for the peer" : isHeld ? "peer was held back" : "peer got packets")}");
    }

    public void Dispose()
    {
        _hub.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _key.Dispose();
        _clientStream.Dispose();
        _peerStream.Dispose();
    }

    private static NodePublicKey Key(byte value) => new(new KeyBytes([.. Enumerable.Repeat(value, KeyBytes.Length)]));

    private void Make(FuzzRandom random, bool isMeshPeer)
    {
        _input.Load(default);
        for (var frames = 1 + random.Below(random.OneIn(16) ? 8 * MaxFrames : MaxFrames); frames > 0; frames--)
        {
            _input.Append(_samples.PickAllowed(random, isMeshPeer));
        }

        if (!random.OneIn(3))
        {
            _input.Mutate(random, _samples.Pick(random));
        }
    }

    private RelayConnection Connect(NodePublicKey key, ScriptedStream stream, bool isMeshPeer) =>
        new(_hub, new RelayLink(stream, Remote, stream.Abort), key, Info, isMeshPeer);

    private async Task<string> ServeAsync(RelayConnection connection, PeerSlot slot)
    {
        var buffer = new ReadBuffer();
        try
        {
            return await new FrameLoop(_hub, connection, slot, buffer).RunAsync();
        }
        catch (Exception exception) when (_clientStream.IsAborted && RelayServer.IsExpected(exception))
        {
            return "aborted";
        }
        finally
        {
            buffer.Release();
        }
    }

    // All that was sent, in order; a part of it where a queue was full or somebody was closed, and still in order for each of the queues.
    private void CheckPeer(RelayModel model, bool isHeld)
    {
        var expected = model.PacketsFor(Peer);
        var isComplete = !isHeld && model.Closed.Count == 0;
        var (data, disco, count) = (0, 0, 0);
        var frames = new WireFrames(_peerStream.Written);
        while (frames.TryPeek() && frames.TryTake())
        {
            if (frames.Type == (byte)DerpFrameType.PeerGone)
            {
                // The client has left by then.
                RuleBrokenException.Require(frames.Payload[ReasonOffset] == (byte)PeerGoneReason.Disconnected, "a peer asked for nobody");
                continue;
            }

            RuleBrokenException.Require(frames.Type == (byte)DerpFrameType.RecvPacket, $"the peer got a frame of type {frames.Type}");
            if (isComplete)
            {
                RuleBrokenException.Require(
                    count < expected.Count && frames.Payload.SequenceEqual(expected[count]), "a packet was changed, or one too many");
            }

            ref var next = ref DiscoPacket.LooksLike(frames.Payload[KeyBytes.Length..]) ? ref disco : ref data;
            while (next < expected.Count && !frames.Payload.SequenceEqual(expected[next]))
            {
                next++;
            }

            RuleBrokenException.Require(next++ < expected.Count, "a packet was changed, or came out of turn");
            count++;
        }

        RuleBrokenException.Require(frames.Rest.IsEmpty, "the peer got half a frame");
        RuleBrokenException.Require(!isComplete || count == expected.Count, $"{count} of {expected.Count} packets arrived");
    }

    private void CheckClient(RelayModel model, bool isMeshPeer, bool isClosed, Tally tally)
    {
        var (own, pings, gone) = (0, 0, 0);
        var expected = model.PacketsFor(Client);
        var frames = new WireFrames(_clientStream.Written);
        while (frames.TryPeek() && frames.TryTake())
        {
            var payload = frames.Payload;
            switch ((DerpFrameType)frames.Type)
            {
                case DerpFrameType.RecvPacket:
                    RuleBrokenException.Require(own < expected.Count && payload.SequenceEqual(expected[own]), "an own packet was changed");
                    own++;
                    break;
                case DerpFrameType.Pong:
                    while (pings < model.Pings.Count && !payload.SequenceEqual(model.Pings[pings]))
                    {
                        pings++;
                    }

                    RuleBrokenException.Require(pings++ < model.Pings.Count, "a pong for no ping");
                    tally.Count("relay: pong");
                    break;
                case DerpFrameType.PeerGone when payload[ReasonOffset] == (byte)PeerGoneReason.NotHere:
                    var missing = new NodePublicKey(new KeyBytes(payload[..KeyBytes.Length]));
                    RuleBrokenException.Require(
                        ++gone <= NotHereBurst && missing != Peer && missing != Client && model.DiscoDestinations.Contains(missing),
                        "a peer is said not to be here without a reason");
                    tally.Count("relay: not here");
                    break;
                case DerpFrameType.PeerPresent or DerpFrameType.PeerGone:
                    RuleBrokenException.Require(isMeshPeer && model.Watches, "somebody hears of others who does not watch");
                    tally.Count("relay: watched");
                    break;
                default:
                    RuleBrokenException.Require(false, $"the client got a frame of type {frames.Type}");
                    break;
            }
        }

        RuleBrokenException.Require(frames.Rest.IsEmpty, "the client got half a frame");
        RuleBrokenException.Require(isClosed || own == expected.Count, $"{own} of {expected.Count} own packets arrived");
        RuleBrokenException.Require(isClosed || pings > 0 || model.Pings.Count == 0, "no ping was answered");
    }
}
