namespace MeshControl.Policy.Explain;

/// <summary>What some would gain or lose by another policy.</summary>
/// <param name="Kind">Of what kind it is.</param>
/// <param name="Gained">False: lost.</param>
/// <param name="Sources">Who, in words; for attributes and routes the nodes that have them.</param>
/// <param name="SourceNodes">How many nodes that are; 0 for addresses that no node has.</param>
/// <param name="Destinations">Towards whom, in words; empty for attributes and routes.</param>
/// <param name="DestinationNodes">How many nodes that are.</param>
/// <param name="What">In words.</param>
public sealed record PolicyChange(
    PolicyChangeKind Kind, bool Gained, string Sources, int SourceNodes, string Destinations, int DestinationNodes, string What);
