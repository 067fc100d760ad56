using System.Text;
using System.Text.Json;
using MeshControl.Fuzz.Engine;
using MeshControl.Fuzz.Mutations;
using MeshControl.Fuzz.Targets.Policy;
using MeshControl.Policy.Language;
using MeshControl.Policy.Language.Printing;
using MeshControl.Policy.Text;
using MeshControl.Policy.World;

namespace MeshControl.Fuzz.Targets;

/// <summary>Policies that somebody sets: the parser of their text, the reader of every section, and the printer.</summary>
public sealed class PolicyTarget : FuzzTarget
{
    private const int MaxInput = 16 * 1024;

    private const string Before = "// before\n/* and\n more */ ";

    /// <summary>What is printed of texts in which there may be no value at all.</summary>
    private const string Nothing = "{}\n";

    private static readonly PolicyTailnet Tailnet = new() { Domains = ["example.com"] };

    private static readonly JsonDocumentOptions OtherParser =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 32 };

    private readonly ByteMutator _input = new(MaxInput);

    public override string Name => "policy";

    // It is read, printed, read and printed again, and read once more behind comments.
    public override long MaxAllocated => 16 * 1024 * 1024;

    public override void Run(FuzzRandom random, Tally tally)
    {
        var other = random.Pick(PolicySamples.All);
        _input.Load(random.Pick(PolicySamples.All));
        for (var words = random.Below(4); words > 0; words--)
        {
            ReplaceWord(random);
        }

        if (random.OneIn(2))
        {
            JsonMutator.Mutate(_input, random, other);
        }

        if (random.OneIn(5))
        {
            _input.Mutate(random, other);
        }

        var text = Encoding.UTF8.GetString(_input.Span);
        if (PolicyReader.TryRead(text, Tailnet, out var file, out var error))
        {
            CheckFile(text, file, random, tally);
        }
        else
        {
            CheckError(text, error, tally);
        }

        if (random.OneIn(8))
        {
            CheckComments(text, file is not null, error);
        }
    }

    /// <summary>Whoever reads the message finds the place.</summary>
    private static void CheckError(string text, PolicyError error, Tally tally)
    {
        RuleBrokenException.Require(error.Message.Length is > 0 and < 2_000, "an error says nothing, or too much");
        RuleBrokenException.Require(error.Position is not null, "a short text has an error nowhere");
        var (line, column) = error.Position!.Value;
        var lines = text.Split('\n');
        RuleBrokenException.Require(line >= 1 && line <= lines.Length, "an error is in a line that there is not");
        var written = lines[line - 1];
        RuleBrokenException.Require(column >= 1 && column <= written.Length + 1, "an error is in a column that there is not");
        RuleBrokenException.Require(
            error.SourceLine is null ? written.Length > 500 : written.TrimEnd('\r') == error.SourceLine,
            "an error shows another line than its own");
        tally.Count($"refused: {KindOf(error.Message)}");
    }

    private static void CheckFile(string text, PolicyFile file, FuzzRandom random, Tally tally)
    {
        RuleBrokenException.Require(file.Text == text, "the text is not kept as it is");
        var printed = PolicyPrinter.Print(file);
        if (random.OneIn(4) && printed != Nothing && !IsReadDifferently(text))
        {
            using var document = JsonDocument.Parse(text, OtherParser);
            RuleBrokenException.Require(document.RootElement.ValueKind == JsonValueKind.Object, "a policy is no object");
        }

        if (printed.Length > PolicyReader.MaxLength)
        {
            tally.Count("read: too long to print");
            return;
        }

        if (!PolicyReader.TryRead(printed, Tailnet, out var again, out var error))
        {
            throw new RuleBrokenException($"what is printed is refused: {error.Message}");
        }

        RuleBrokenException.Require(PolicyPrinter.Print(again) == printed, "what is printed is read as another policy");
        RuleBrokenException.Require(
            (file.Acls?.Length, file.Grants?.Length, file.Ssh.Length, file.NodeAttributes.Length, file.Tests.Length, file.SshTests.Length)
                == (again.Acls?.Length, again.Grants?.Length, again.Ssh.Length, again.NodeAttributes.Length, again.Tests.Length, again.SshTests.Length),
            "entries are lost in printing");
        tally.Count(file.Acls is null && file.Grants is null ? "read: without rules" : "read: with rules");
    }

    /// <summary>Comments in front change nothing but the line.</summary>
    private static void CheckComments(string text, bool isRead, PolicyError? error)
    {
        var isReadBehind = PolicyReader.TryRead(Before + text, Tailnet, out _, out var behind);
        var isMarked = text.StartsWith('\uFEFF');
        RuleBrokenException.Require(isReadBehind == isRead || isMarked, "a comment decides whether a policy is read");
        RuleBrokenException.Require(
            isMarked || (error?.Message == behind?.Message && error?.Position?.Line + 2 == behind?.Position?.Line),
            "a comment changes an error");
    }

    // The other parser has its own idea of where a line of a comment ends.
    private static bool IsReadDifferently(string text) =>
        text.AsSpan().IndexOfAny('\r', '\u2028', '\u2029') >= 0;

    private static string KindOf(string message) =>
        message.Contains("expected", StringComparison.Ordinal) || message.Contains("must end", StringComparison.Ordinal) ? "syntax"
        : message.Contains("must be", StringComparison.Ordinal) || message.Contains("must hold", StringComparison.Ordinal) ? "shape"
        : message.Contains("no member", StringComparison.Ordinal) || message.Contains("twice", StringComparison.Ordinal) ? "members"
        : message.Contains("not found", StringComparison.Ordinal) || message.Contains("invalid", StringComparison.Ordinal) ? "words"
        : message.Contains("IP sets", StringComparison.Ordinal) ? "too many prefixes"
        : "meaning";

    /// <summary>Puts another string in the place of one, so that the text stays HuJSON.</summary>
    private void ReplaceWord(FuzzRandom random)
    {
        var from = random.Below(Math.Max(_input.Length, 1));
        var open = -1;
        for (var i = 0; i < _input.Length; i++)
        {
            switch (_input.Span[i])
            {
                case (byte)'\\' when open >= 0:
                    i++;
                    break;
                case (byte)'"' when open < 0:
                    open = i;
                    break;
                case (byte)'"' when i >= from:
                    _input.Replace(open, i - open + 1, random.Pick(PolicySamples.Words));
                    return;
                case (byte)'"':
                    open = -1;
                    break;
                default:
                    break;
            }
        }
    }
}
