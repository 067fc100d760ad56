namespace MeshControl.Server.Admin;

/// <summary>A part of a list, and the token that asks for the next part; empty at the end.</summary>
internal sealed record AdminPage<TMessage>(IReadOnlyList<TMessage> Items, string NextToken);
