using MeshControl.Cli.Output;

namespace MeshControl.Cli.Tests.Output;

public sealed class TableTests
{
    private static readonly Column<(string A, string B)>[] Columns = [new("First", item => item.A), new("Second", item => item.B)];

    [Fact]
    public void Render_WideCharacters_StayAligned()
    {
        var text = Table.Render([("日本", "x"), ("abcd", "y")], Columns, 0, colour: false);

        Assert.Equal("First │ Second\n日本  │ x\nabcd  │ y\n", text);
    }

    [Fact]
    public void Render_TooWide_CutsTheWidestColumn()
    {
        var text = Table.Render([("short", "much longer than that")], Columns, 20, colour: false);

        Assert.Equal("First │ Second\nshort │ much longer…\n", text);
    }

    [Fact]
    public void Render_MuchTooNarrow_LeavesEnoughToTellRowsApart()
    {
        var text = Table.Render([("abcdefghij", "abcdefghij")], Columns, 4, colour: false);

        Assert.Equal("First  │ Second\nabcde… │ abcde…\n", text);
    }
}
