using System.Net;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Relay;

/// <summary>A connection on which nothing but frames flows any more.</summary>
/// <param name="Stream">
/// Carries the frames, both ways at once. A read into an empty buffer waits until there is something to read; where a stream cannot do
/// that, such a read returns at once.
/// </param>
/// <param name="Remote">Where the client is, as told by a trusted proxy if one stands between.</param>
/// <param name="Abort">Ends the connection at once, from any thread; reads and writes that wait then fail.</param>
/// <param name="IsIdeal">False when the client said that it would rather be connected to another relay of the region.</param>
public sealed record RelayLink(Stream Stream, IPEndPoint Remote, Action Abort, bool IsIdeal = true)
{
    /// <summary>
    /// Told once, when the client is logged in and can be reached: its key, and whether it is another relay of the region, which nobody was
    /// asked about. Null: nobody wants to know.
    /// </summary>
    public Action<NodePublicKey, bool>? LoggedIn { get; init; }
}
