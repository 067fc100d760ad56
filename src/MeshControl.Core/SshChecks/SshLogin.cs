using MeshControl.Core.Model;

namespace MeshControl.Core.SshChecks;

/// <summary>What an approval is good for, and nothing else.</summary>
/// <param name="Tailnet">Of both nodes.</param>
/// <param name="Source">From where somebody logs in.</param>
/// <param name="Owner">Whose node the source is; null for a tagged one.</param>
/// <param name="Destination">To where.</param>
/// <param name="User">As whom there; the destination says it.</param>
public readonly record struct SshLogin(TailnetId Tailnet, NodeId Source, UserId? Owner, NodeId Destination, string User);
