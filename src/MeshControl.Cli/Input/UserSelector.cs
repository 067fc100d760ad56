using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using MeshControl.Cli.Completion;

namespace MeshControl.Cli.Input;

/// <summary>The user whom a command is about: by id, or by what else the server finds users by.</summary>
internal sealed class UserSelector
{
    private readonly Argument<string?> _user = new("USER")
    {
        Description = "The user: name, id or e-mail address.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<long> _id = IdOption.Create("The user's id.", required: false);

    private readonly Option<string?> _name = new("--name", "-n")
    {
        Description = "The user's name; an id or an e-mail address will do, too.",
        HelpName = "USER",
    };

    /// <param name="live">For completion.</param>
    public UserSelector(LiveValues live)
    {
        _user.CompletionSources.Add(live.UserNames);
        _id.CompletionSources.Add(live.UserIds);
        _name.CompletionSources.Add(live.UserNames);
    }

    /// <summary>Lets a command take a user, and insist on exactly one.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_user);
        command.Options.Add(_id);
        command.Options.Add(_name);
        command.Validators.Add(Check);
    }

    /// <summary>Name, id or e-mail address.</summary>
    public string Read(ParseResult arguments) =>
        arguments.GetValue(_id) is > 0 and var id ? id.ToString(CultureInfo.InvariantCulture)
        : arguments.GetValue(_name) ?? arguments.GetValue(_user) ?? "";

    private void Check(CommandResult result)
    {
        var given = new[] { HasValue(result.GetResult(_user)), HasValue(result.GetResult(_id)), HasValue(result.GetResult(_name)) };
        switch (given.Count(isGiven => isGiven))
        {
            case 0:
                result.AddError("Say which user: --name or --identifier is required.");
                break;
            case > 1:
                // Of two, one would be ignored, and perhaps the wrong one.
                result.AddError("Say only once which user: by --name, by --identifier, or without either.");
                break;
        }
    }

    private static bool HasValue(SymbolResult? result) => result is { Tokens.Count: > 0 };
}
