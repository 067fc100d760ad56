using System.CommandLine;
using MeshControl.Admin.Clients;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Input;
using MeshControl.Cli.Output;

namespace MeshControl.Cli.Nodes;

/// <summary><c>meshctl nodes tag</c></summary>
internal sealed class TagNodeCommand
{
    private readonly NodeSelector _nodes;
    private readonly Option<string[]> _tags = ListOption.Create(
        "--tags", ["-t"], "All tags that the node has from now on; none gives it to a user.", "tag:a,tag:b");

    private readonly Option<string[]> _add = ListOption.Create("--add", [], "Tags that it gets besides those that it has.", "tag:a,tag:b");
    private readonly Option<string[]> _remove = ListOption.Create("--remove", [], "Tags that it loses.", "tag:a,tag:b");
    private readonly Option<string?> _user;

    private TagNodeCommand(CommandRunner runner)
    {
        _nodes = NodeSelector.CreateBesideNewOwner(runner.Live);
        _user = new("--user", "-u")
        {
            Description = "Whose the node is when no tag is left: name, id or e-mail address.",
            HelpName = "USER",
            CompletionSources = { runner.Live.UserNames },
        };
    }

    public static Command Build(CommandRunner runner) => new TagNodeCommand(runner).BuildCommand(runner);

    private Command BuildCommand(CommandRunner runner)
    {
        var command = new Command(
            "tag", "Say which tags nodes have; the node of a user belongs to its tags from then on, one without tags to a user again.");
        _nodes.AddTo(command, required: true);
        command.Options.Add(_tags);
        command.Options.Add(_add);
        command.Options.Add(_remove);
        command.Options.Add(_user);
        command.Aliases.Add("tags");
        command.Aliases.Add("t");
        command.Validators.Add(result =>
        {
            var (all, some) = (IsGiven(_tags), IsGiven(_add) || IsGiven(_remove));
            if (all == some)
            {
                result.AddError("Say either all tags that the node is to have (--tags), or those that it gets and loses (--add, --remove).");
            }

            bool IsGiven(Option option) => result.GetResult(option) is { Implicit: false };
        });
        runner.Remote(command, (client, context, cancellationToken) =>
            _nodes.IsOne(context.Arguments, out var id)
                ? OneAsync(id, client, context, cancellationToken)
                : ManyAsync(client, context, cancellationToken));
        return command;
    }

    private async Task<int> OneAsync(long id, AdminClient client, CommandContext context, CancellationToken cancellationToken)
    {
        var node = await client.GetNodeAsync(id, cancellationToken);
        var (request, status) = await RequestAsync(
            [node], $"Without tags the node {TerminalText.Clean(node.GivenName)} belongs to a user. To which?", context, cancellationToken);
        if (request is null)
        {
            return status;
        }

        if (node.User is { } owner && After(request, node).Any() && await context.ConfirmAsync(
            $"Do you want to take the node {node.GivenName} from {owner.Name} and give it to its tags, for good?",
            "Node not updated",
            cancellationToken) is { } answer)
        {
            return answer;
        }

        request.Id = id;
        context.Output.Value(NodeView.ToJson(await client.SetNodeTagsAsync(request, cancellationToken)), "Node updated");
        return ExitCodes.Ok;
    }

    private Task<int> ManyAsync(AdminClient client, CommandContext context, CancellationToken cancellationToken) => ManyNodes.ChangeAsync(
        client,
        context,
        _nodes.Read(context.Arguments),
        these => $"Do you want to change the tags of {these}? Those that have tags then belong to no user.",
        "updated",
        async nodes =>
        {
            var (request, status) = await RequestAsync(
                nodes, "Those of them that have no tags then belong to a user. To which?", context, cancellationToken);
            return (request is null ? null : new ChangeNodesRequest { SetTags = request }, status);
        },
        cancellationToken);

    /// <summary>What is wanted, with the owner where one is needed; or null and the status when nobody said who.</summary>
    private async Task<(SetNodeTagsRequest? Request, int Status)> RequestAsync(
        IReadOnlyList<Node> nodes, string question, CommandContext context, CancellationToken cancellationToken)
    {
        var arguments = context.Arguments;
        var request = new SetNodeTagsRequest
        {
            Tags = { arguments.GetValue(_tags) },
            Add = { arguments.GetValue(_add) },
            Remove = { arguments.GetValue(_remove) },
            User = arguments.GetValue(_user) ?? "",
        };
        if (request.User.Length > 0 || !nodes.Any(node => node.User is null && !After(request, node).Any()))
        {
            return (request, ExitCodes.Ok);
        }

        switch (await Prompt.AskTextAsync(context.Host, question, cancellationToken))
        {
            case null:
                return (null, context.Output.Failed(CliError.Usage("Nobody answered the question: you cannot remove all tags from a node without saying whose it is then (--user).")));
            case "":
                context.Output.Done("Nothing was changed");
                return (null, ExitCodes.Ok);
            case var user:
                request.User = user;
                return (request, ExitCodes.Ok);
        }
    }

    private static IEnumerable<string> After(SetNodeTagsRequest request, Node node) =>
        (request.Add.Count + request.Remove.Count > 0 ? node.Tags.Concat(request.Add) : request.Tags).Except(request.Remove);
}
