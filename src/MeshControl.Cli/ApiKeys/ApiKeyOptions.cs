using System.CommandLine;
using MeshControl.Cli.Completion;
using MeshControl.Cli.Input;

namespace MeshControl.Cli.ApiKeys;

/// <summary>The two options that name one API key, of which exactly one has to be given.</summary>
internal sealed class ApiKeyOptions
{
    private readonly Option<long?> _id = new("--id", "-i", "--identifier")
    {
        Description = "The key with this id.",
        HelpName = "ID",
        CustomParser = result => IdOption.Parse(result),
    };

    private readonly Option<string?> _prefix = new("--prefix", "-p")
    {
        Description = "The key with this beginning, as `apikeys list` shows it.",
        HelpName = "PREFIX",
    };

    /// <param name="live">For completion.</param>
    public ApiKeyOptions(LiveValues live) => _id.CompletionSources.Add(live.ApiKeyIds);

    /// <summary>Adds the options to a command, and the rule.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_id);
        command.Options.Add(_prefix);
        command.Validators.Add(result =>
        {
            var (hasId, hasPrefix) = (result.GetResult(_id) is not null, result.GetResult(_prefix) is { } prefix && !IsEmpty(prefix));
            if (hasId && hasPrefix)
            {
                result.AddError("only one of --id or --prefix can be provided");
            }
            else if (!hasId && !hasPrefix)
            {
                result.AddError("either --id or --prefix must be provided");
            }
        });
    }

    /// <returns>Either the id or the prefix; the other one is null.</returns>
    public (long? Id, string? Prefix) Read(ParseResult arguments) =>
        arguments.GetValue(_id) is { } id ? (id, null) : (null, arguments.GetValue(_prefix));

    private static bool IsEmpty(System.CommandLine.Parsing.OptionResult option) => option.Tokens is [{ Value: "" }];
}
