using System.CommandLine;
using System.CommandLine.Parsing;
using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Completion;
using MeshControl.Cli.Input;

namespace MeshControl.Cli.Nodes;

/// <summary>The nodes that a command is about: some by their ids, or those to which everything applies that is asked for.</summary>
internal sealed class NodeSelector
{
    private readonly Option<long[]> _ids = new("--identifier", "-i")
    {
        Description = "The node; several are separated by commas.",
        HelpName = "ID,...",
        CustomParser = result => IdOption.ParseMany(result),
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _user;

    private readonly Option<string?> _tag = new("--with-tag") { Description = "Nodes with this tag.", HelpName = "TAG" };

    private readonly Option<string?> _name = new("--name")
    {
        Description = "Nodes with a name like this: * stands for any characters, ? for one. The shell must not see these, so quote them.",
        HelpName = "PATTERN",
    };

    private readonly Option<TimeSpan?> _offlineFor = DurationOption.Create(
        "--offline-for", [], "Nodes that have been offline for at least this time.");

    private readonly Option<bool> _allExpired = new("--all-expired") { Description = "Nodes whose login has ended." };

    private NodeSelector(LiveValues live, Option<string?> user)
    {
        _user = user;
        foreach (var option in (Option<string?>[])[_user, _tag, _name])
        {
            // A script's empty variable would otherwise mean all nodes.
            option.Validators.Add(result =>
            {
                if (string.IsNullOrWhiteSpace(result.GetValueOrDefault<string?>()))
                {
                    result.AddError($"{option.Name} needs a value: without one it would mean all nodes.");
                }
            });
        }

        _ids.CompletionSources.Add(live.NodeIds);
        _user.CompletionSources.Add(live.UserNames);
    }

    /// <param name="live">For completion.</param>
    public static NodeSelector Create(LiveValues live) => new(live, new("--user", "-u")
    {
        Description = "Nodes of this user: name, id or e-mail address.",
        HelpName = "USER",
    });

    /// <summary>For commands where <c>--user</c> is whom the nodes go to.</summary>
    public static NodeSelector CreateBesideNewOwner(LiveValues live) => new(live, new("--from-user")
    {
        Description = "Nodes of this user: name, id or e-mail address.",
        HelpName = "USER",
    });

    /// <param name="command">Gets the options.</param>
    /// <param name="required">Whether it is an error to choose by nothing, rather than all nodes.</param>
    public void AddTo(Command command, bool required)
    {
        command.Options.Add(_ids);
        command.Options.Add(_user);
        command.Options.Add(_tag);
        command.Options.Add(_name);
        command.Options.Add(_offlineFor);
        command.Options.Add(_allExpired);
        if (required)
        {
            command.Validators.Add(Check);
        }
    }

    public NodeFilter Read(ParseResult arguments) => new()
    {
        Ids = { arguments.GetValue(_ids) },
        User = arguments.GetValue(_user) ?? "",
        Tag = arguments.GetValue(_tag) ?? "",
        NamePattern = arguments.GetValue(_name) ?? "",
        OfflineFor = arguments.GetValue(_offlineFor) is { } time ? Duration.FromTimeSpan(time) : null,
        Expired = arguments.GetValue(_allExpired),
    };

    /// <summary>Whether it is one node by its id, which needs no preview.</summary>
    public bool IsOne(ParseResult arguments, out long id)
    {
        var filter = Read(arguments);
        id = filter.Ids.FirstOrDefault();
        return filter.Ids.Count == 1 && filter.Equals(new NodeFilter { Ids = { id } });
    }

    private void Check(CommandResult result)
    {
        // Values that are wrong have an error of their own already, and cannot be read.
        System.CommandLine.Option[] all = [_ids, _user, _tag, _name, _offlineFor, _allExpired];
        if (all.All(option => result.GetResult(option) is not { Implicit: false }))
        {
            result.AddError("Say which nodes: --identifier, or what they have in common (see --help).");
        }
    }
}
