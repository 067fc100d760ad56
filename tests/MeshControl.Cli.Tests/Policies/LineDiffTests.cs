using MeshControl.Cli.Policies;

namespace MeshControl.Cli.Tests.Policies;

public sealed class LineDiffTests
{
    [Theory]
    [InlineData("", "", "")]
    [InlineData("a", "", "-a")]
    [InlineData("", "a", "+a")]
    [InlineData("abc", "abc", " a b c")]
    [InlineData("abc", "axc", " a-b+x c")]
    [InlineData("abcabba", "cbabac", "-a-b c+b a b-b a+c")]
    [InlineData("ab", "ba", "-a b+a")]
    [InlineData("xaby", "xbay", " x-a b+a y")]
    public void Compare_Known_IsTheShortestWay(string from, string to, string expected)
    {
        Assert.Equal(expected, Show(LineDiff.Compare(Lines(from), Lines(to))));
    }

    /// <summary>Against the plain quadratic table; and both texts come out again whole.</summary>
    [Fact]
    public void Compare_Random_TakesAsFewChangesAsPossible()
    {
        var random = new Random(6);
        for (var round = 0; round < 500; round++)
        {
            var from = Enumerable.Range(0, random.Next(20)).Select(_ => $"{random.Next(4)}").ToArray();
            var to = Enumerable.Range(0, random.Next(20)).Select(_ => $"{random.Next(4)}").ToArray();

            var lines = LineDiff.Compare(from, to);

            Assert.Equal(from, lines.Where(line => line.Kind != DiffKind.New).Select(line => line.Text));
            Assert.Equal(to, lines.Where(line => line.Kind != DiffKind.Gone).Select(line => line.Text));
            Assert.Equal(from.Length + to.Length - (2 * Common(from, to)), lines.Count(line => line.Kind != DiffKind.Same));
        }
    }

    [Fact]
    public void Compare_MoreThanMaxChanges_ReplacesTheWhole()
    {
        var from = Enumerable.Range(0, LineDiff.MaxChanges).Select(number => $"a{number}").ToArray();
        string[] to = ["b", from[0]];

        var most = LineDiff.Compare(from, to);
        var more = LineDiff.Compare([.. from, "c"], to);

        Assert.Single(most, line => line.Kind == DiffKind.Same);
        Assert.DoesNotContain(more, line => line.Kind == DiffKind.Same);
        Assert.Equal(from.Length + 1 + to.Length, more.Count);
    }

    private static string[] Lines(string text) => [.. text.Select(character => character.ToString())];

    private static string Show(IEnumerable<DiffLine> lines) =>
        string.Concat(lines.Select(line => $"{line.Kind switch { DiffKind.New => '+', DiffKind.Gone => '-', _ => ' ' }}{line.Text}"));

    private static int Common(string[] from, string[] to)
    {
        var table = new int[from.Length + 1, to.Length + 1];
        for (var x = 1; x <= from.Length; x++)
        {
            for (var y = 1; y <= to.Length; y++)
            {
                table[x, y] = from[x - 1] == to[y - 1] ? table[x - 1, y - 1] + 1 : Math.Max(table[x - 1, y], table[x, y - 1]);
            }
        }

        return table[from.Length, to.Length];
    }
}
