using MeshControl.Protocol.Keys;
using MeshControl.Server.Polling;

namespace MeshControl.Server.Listeners;

/// <summary>
/// A public connection's place behind the <see cref="ConnectionGate"/>. A connection feature, also of the channel inside.
/// </summary>
/// <remarks>
/// <code>
/// accepted ──► request ──► upgraded ──► request in the channel ──► proven: belongs to a node
///    └ deadline ┘             └──── deadline ────┘
///    └───────────────── pending: the oldest goes first ───────────┘
///
/// accepted ──► request ──► upgraded ──► login at the relay ──► handed over: counted there
/// </code>
/// All fields are guarded by the gate.
/// </remarks>
internal sealed class ConnectionTicket(ConnectionGate gate, Action<string> close)
{
    // Nobody asks it for a handle, so there is nothing to dispose of.
    private SemaphoreSlim? _wholeMaps;

    /// <summary>Where it stands among the pending ones; null when it is proven or has left.</summary>
    public LinkedListNode<ConnectionTicket>? Place { get; set; }

    /// <summary>When its present step has to be done, in time stamps of the gate's clock; null when nothing is waited for.</summary>
    public long? Deadline { get; set; }

    /// <summary>Whether it is counted as open.</summary>
    public bool Counts { get; set; }

    /// <summary>The machine that it was proved to belong to.</summary>
    public MachinePublicKey? Machine { get; set; }

    /// <summary>Lets a channel's whole maps out a few at a time.</summary>
    public SemaphoreSlim WholeMaps => LazyInitializer.EnsureInitialized(ref _wholeMaps, static () => new SemaphoreSlim(MapStreams.MaxWholeMaps));

    /// <summary>Closes the connection; why is for logs.</summary>
    public void Close(string reason) => close(reason);

    /// <summary>TLS is done: a request's head is next.</summary>
    public void Secured() => gate.BeginStep(this);

    /// <summary>A whole request has arrived, outside or inside the channel: the web server's own limits go on from here.</summary>
    public void RequestArrived() => gate.EndStep(this);

    /// <summary>The handshake is done, which proves nothing yet: it may be a copy of somebody's. A request in the channel is next.</summary>
    public void Upgraded() => gate.BeginStep(this);

    /// <summary>A request in the channel was one of a node of this machine.</summary>
    /// <returns>False when the machine has as many connections as count.</returns>
    public bool Prove(MachinePublicKey machine) => gate.Prove(this, machine);

    /// <summary>Logged in at the relay, which counts its connections itself: from here on this is none of the gate's.</summary>
    public void HandOver() => gate.Leave(this);
}
