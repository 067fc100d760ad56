using MeshControl.Cli.Policies;

namespace MeshControl.Cli.Tests.Policies;

public sealed class UnifiedDiffTests
{
    [Fact]
    public void Render_TwoPlaces_AreTwoHunks()
    {
        var from = string.Concat(Enumerable.Range(1, 20).Select(number => $"{number}\n"));
        var to = from.Replace("2\n3\n", "2\nthree\n", StringComparison.Ordinal).Replace("\n19\n", "\n", StringComparison.Ordinal);

        Assert.Equal(
            """
            --- old
            +++ new
            @@ -1,6 +1,6 @@
             1
             2
            -3
            +three
             4
             5
             6
            @@ -16,5 +16,4 @@
             16
             17
             18
            -19
             20

            """,
            UnifiedDiff.Render("old", from, "new", to, colour: false));
    }

    [Fact]
    public void Render_CloseChanges_ShareAHunk()
    {
        var from = "a\n1\n2\n3\n4\n5\n6\nb\n";
        var to = "A\n1\n2\n3\n4\n5\n6\nB\n";

        Assert.Equal(
            "--- old\n+++ new\n@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n", UnifiedDiff.Render("old", from, "new", to, colour: false));
    }

    [Fact]
    public void Render_LineBreakAtTheEnd_Counts()
    {
        Assert.Equal(
            "--- old\n+++ new\n@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n", UnifiedDiff.Render("old", "a\n", "new", "a", colour: false));
    }

    [Fact]
    public void Render_FromNothing_BeginsAtLineZero()
    {
        Assert.Equal("--- old\n+++ new\n@@ -0,0 +1 @@\n+a\n", UnifiedDiff.Render("old", "", "new", "a\n", colour: false));
        Assert.Equal("", UnifiedDiff.Render("old", "a\n", "new", "a\n", colour: false));
    }

    [Fact]
    public void Render_Colour_PaintsWhatChanged()
    {
        var diff = UnifiedDiff.Render("old", "a\nb\n", "new", "a\nc\n", colour: true);

        Assert.EndsWith(" a\n\e[31m-b\e[0m\n\e[32m+c\e[0m\n", diff, StringComparison.Ordinal);
    }
}
