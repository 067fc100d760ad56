using System.Text.RegularExpressions;
using MeshControl.Architecture.Tests.Support;

namespace MeshControl.Architecture.Tests;

/// <summary>
/// <c>docs/protocol/acceptance.md</c> says of each scenario that users of such servers count on which tests play it, or why none
/// does. Tests name their scenarios with the trait <c>Acceptance</c>; both must say the same.
/// </summary>
public sealed partial class AcceptanceTests
{
    private const string Page = "docs/protocol/acceptance.md";

    [Fact]
    public void Table_EachScenario_NamesExactlyTheTestsThatNameIt()
    {
        var rows = ReadRows();
        var names = rows.Select(row => row.Scenario).ToHashSet();
        var tests = Repository.Sources("tests").SelectMany(ReadTests).ToLookup(test => RowOf(test.Scenario, names), test => test.Name);

        var wrong = rows
            .Where(row => !row.Tests.SequenceEqual(tests[row.Scenario].Distinct().Order(StringComparer.Ordinal)))
            .Select(row => $"{row.Scenario} is played by: {string.Join(", ", tests[row.Scenario].Distinct().Order(StringComparer.Ordinal))}");
        var missing = tests.Select(test => test.Key).Except(rows.Select(row => row.Scenario)).Select(scenario => $"no row for {scenario}");
        var silent = rows.Where(row => row.Tests.Count == 0 && row.Rest.Length == 0).Select(row => $"{row.Scenario} has neither test nor reason");

        Assert.Empty(wrong.Concat(missing).Concat(silent));
        Assert.Equal(rows.Count, rows.Select(row => row.Scenario).Distinct().Count());
        Assert.NotEmpty(rows);
    }

    /// <summary>A part of a scenario, behind a slash, belongs to the row of the whole unless it has one of its own.</summary>
    private static string RowOf(string scenario, HashSet<string> rows)
    {
        var row = scenario;
        while (!rows.Contains(row) && row.LastIndexOf('/') is > 0 and var slash)
        {
            row = row[..slash];
        }

        return rows.Contains(row) ? row : scenario;
    }

    private static List<Row> ReadRows() =>
    [
        .. Repository.Lines(Page)
            .Select(line => RowPattern().Match(line))
            .Where(match => match.Success)
            .Select(match => (Scenario: match.Groups[1].Value, Text: match.Groups[2].Value))
            .Select(row => new Row(
                row.Scenario,
                [.. TestPattern().Matches(row.Text).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)],
                TestPattern().Replace(row.Text, "").Trim(' ', ','))),
    ];

    /// <summary>Traits stand above the method that they belong to, so the next method after one is its own.</summary>
    private static IEnumerable<(string Scenario, string Name)> ReadTests(string file)
    {
        var project = file.Split('/')[1].Replace("MeshControl.", "", StringComparison.Ordinal);
        var place = $"{project}/{Path.GetFileNameWithoutExtension(file)}";
        var waiting = new List<string>();
        foreach (var line in Repository.Lines(file))
        {
            if (TraitPattern().Match(line) is { Success: true } trait)
            {
                waiting.Add(trait.Groups[1].Value);
            }
            else if (waiting.Count > 0 && MethodPattern().Match(line) is { Success: true } method)
            {
                foreach (var scenario in waiting)
                {
                    yield return (scenario, $"{place}.{method.Groups[1].Value}");
                }

                waiting.Clear();
            }
        }
    }

    [GeneratedRegex(@"^\| `([A-Z]\w+(?:/[\w-]+)*)` \| (.*?) *\|$")]
    private static partial Regex RowPattern();

    [GeneratedRegex(@"`(\w[\w.]*/\w+\.\w+)`")]
    private static partial Regex TestPattern();

    [GeneratedRegex("""^\s*\[Trait\("Acceptance", "([^"]+)"\)\]""")]
    private static partial Regex TraitPattern();

    [GeneratedRegex(@"^\s*public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex MethodPattern();

    /// <param name="Scenario">The peer's name of it.</param>
    /// <param name="Tests">Project, class and method of those that play it.</param>
    /// <param name="Rest">What else the table says.</param>
    private sealed record Row(string Scenario, IReadOnlyList<string> Tests, string Rest);
}
