using System.Text.Json.Nodes;
using MeshControl.Admin.Clients;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Output;

namespace MeshControl.Cli.Nodes;

/// <summary>Does the same to many nodes: shows which, asks, and has it done to all of them or to none.</summary>
internal static class ManyNodes
{
    /// <param name="client">The server.</param>
    /// <param name="context">Of the command.</param>
    /// <param name="filter">Which nodes.</param>
    /// <param name="ask">The question for "this node" or "these 3 nodes".</param>
    /// <param name="done">What has become of them then, such as "deleted".</param>
    /// <param name="prepare">What is wanted of the nodes that are shown; null when there was an answer missing, which it has reported.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    public static async Task<int> ChangeAsync(
        AdminClient client,
        CommandContext context,
        NodeFilter filter,
        Func<string, string> ask,
        string done,
        Func<IReadOnlyList<Node>, Task<(ChangeNodesRequest? Request, int Status)>> prepare,
        CancellationToken cancellationToken)
    {
        var nodes = await client.ListNodesAsync(new ListNodesRequest { Filter = filter }, cancellationToken).ToListAsync(cancellationToken);
        if (nodes.Count == 0)
        {
            context.Output.Value(new JsonArray(), "There is no such node; nothing was changed");
            return ExitCodes.Ok;
        }

        context.Output.Preview(nodes, NodeView.Columns(context.Now));
        var (request, status) = await prepare(nodes);
        if (request is null)
        {
            return status;
        }

        var question = ask(nodes.Count == 1 ? "this node" : $"these {nodes.Count} nodes");
        if (await context.ConfirmAsync(question, "Nothing was changed", cancellationToken) is { } answer)
        {
            return answer;
        }

        // Only those that were shown, and of them only those that are still like that: a node may have come back while somebody read.
        request.Filter = new NodeFilter(filter);
        request.Filter.Ids.Clear();
        request.Filter.Ids.Add(nodes.Select(node => node.Id));
        var changed = (await client.ChangeNodesAsync(request, cancellationToken)).ToHashSet();
        var left = nodes.Where(node => !changed.Contains(node.Id)).Select(node => node.GivenName).ToArray();
        var after = context.Output.IsText || request.ChangeCase == ChangeNodesRequest.ChangeOneofCase.Delete
            ? nodes
            : await client.ListNodesAsync(new ListNodesRequest(), cancellationToken).ToListAsync(cancellationToken);
        context.Output.Value(
            new JsonArray([.. after.Where(node => changed.Contains(node.Id)).Select(NodeView.ToJson)]),
            $"{(changed.Count == 1 ? "1 node" : $"{changed.Count} nodes")} {done}"
            + (left.Length == 0 ? "" : $"; left alone, as they have changed meanwhile: {TerminalText.Clean(string.Join(", ", left))}"));
        return ExitCodes.Ok;
    }

    /// <summary>As above, where the nodes make no difference to what is wanted.</summary>
    public static Task<int> ChangeAsync(
        AdminClient client,
        CommandContext context,
        NodeFilter filter,
        Func<string, string> ask,
        string done,
        ChangeNodesRequest request,
        CancellationToken cancellationToken) =>
        ChangeAsync(client, context, filter, ask, done, _ => Task.FromResult<(ChangeNodesRequest?, int)>((request, ExitCodes.Ok)), cancellationToken);
}
