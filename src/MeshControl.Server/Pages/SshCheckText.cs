using MeshControl.Core.Model;
using MeshControl.Core.SshChecks;
using MeshControl.Core.Tailnets;

namespace MeshControl.Server.Pages;

/// <summary>A check in words for people. What has gone in the meantime has a number at least.</summary>
internal static class SshCheckText
{
    public static string NameOf(TailnetSnapshot? snapshot, NodeId node) =>
        snapshot is not null && snapshot.Nodes.TryGet(node, out var entry) ? entry.Node.GivenName : $"node {node}";

    public static string OwnerOf(TailnetSnapshot? snapshot, SshLogin login) =>
        login.Owner is { } owner ? snapshot?.Users.GetValueOrDefault(owner)?.Name ?? $"user {owner}"
        : snapshot is not null && snapshot.Nodes.TryGet(login.Source, out var entry) ? string.Join(' ', entry.Node.Tags)
        : "";
}
