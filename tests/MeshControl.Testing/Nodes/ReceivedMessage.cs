using System.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Testing.Nodes;

/// <summary>One message of a map stream as it arrived.</summary>
/// <param name="Stream">Which of the node's streams, counted from 1.</param>
/// <param name="Body">The body on the wire, without its length; as a rule compressed. Empty for a node with a pool.</param>
/// <param name="Json">The body unpacked. Empty for a node with a pool.</param>
/// <param name="Message">The same as a record.</param>
/// <param name="At">When it was complete, by the node's clock.</param>
public sealed record ReceivedMessage(
    int Stream, ReadOnlyMemory<byte> Body, ReadOnlyMemory<byte> Json, MapResponse Message, DateTimeOffset At)
{
    public string Text => Encoding.UTF8.GetString(Json.Span);

    public override string ToString() => $"#{Stream} {Text}";
}
