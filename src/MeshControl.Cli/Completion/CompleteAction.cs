using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using MeshControl.Cli.Hosting;
using MeshControl.Cli.Output;

namespace MeshControl.Cli.Completion;

/// <summary>
/// What <c>meshctl [suggest] LINE</c> does: prints how the line, which ends where the cursor is, could go on. One candidate a
/// line, and behind a tab what it is.
/// </summary>
internal sealed class CompleteAction(CliHost host) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var line = parseResult.Tokens.LastOrDefault(token => token.Type != TokenType.Directive)?.Value.TrimStart() ?? "";

        // The program's own name is the shell's business: it may be a path, or another name.
        var start = line.IndexOf(' ', StringComparison.Ordinal);
        var (head, kept, word) = Split(start < 0 ? "" : line[(start + 1)..]);

        // Without the half-written word, which would be taken for more than that where it happens to be a name.
        var parsed = parseResult.RootCommandResult.Command.Parse(head, parseResult.Configuration);
        foreach (var item in Choose(parsed, head, word))
        {
            var detail = string.IsNullOrWhiteSpace(item.Detail) ? "" : $"\t{TerminalText.Clean(item.Detail)}";
            host.Out.WriteLine(kept + TerminalText.Clean(item.Label) + detail);
        }

        return 0;
    }

    /// <summary>What stands before the word, what of the word is not completed, and the rest of it.</summary>
    private static (string Head, string Kept, string Word) Split(string line)
    {
        var head = line[..(line.LastIndexOf(' ') + 1)];
        var word = line[head.Length..];
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        return word.StartsWith("--", StringComparison.Ordinal) && equals > 0
            ? ($"{head}{word[..equals]} ", word[..(equals + 1)], word[(equals + 1)..])
            : (head, "", word);
    }

    /// <summary>Values and commands before options, which only count where somebody asks for them or nothing else can follow.</summary>
    private static IEnumerable<CompletionItem> Choose(ParseResult parsed, string head, string word)
    {
        // One name of each thing is enough.
        var aliases = parsed.CommandResult.Command.Subcommands.SelectMany(command => command.Aliases).ToHashSet();
        var items = parsed.GetCompletions(head.Length)
            .Where(item => item.Label.StartsWith(word, StringComparison.Ordinal))
            .Where(item => IsOption(item) ? item.Label.StartsWith("--", StringComparison.Ordinal) : !aliases.Contains(item.Label))
            .OrderBy(item => item.SortText, StringComparer.Ordinal)
            .ToArray();
        return Array.Exists(items, item => !IsOption(item)) ? items.Where(item => !IsOption(item)) : items;
    }

    private static bool IsOption(CompletionItem item) => item.Label[0] is '-' or '/';
}
