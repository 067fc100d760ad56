namespace MeshControl.LoadTest.Scenarios;

/// <summary>One thing that is to happen.</summary>
/// <param name="At">When, from the beginning; later if the node is still busy with something else.</param>
/// <param name="Node">To which node, by its number.</param>
/// <param name="Kind">What.</param>
/// <param name="Choice">Decides what the kind leaves open.</param>
public sealed record MixedEvent(TimeSpan At, int Node, MixedEventKind Kind, int Choice);
