using MeshControl.Cli.Output;

namespace MeshControl.Cli.Tests.Output;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("abc", 3)]
    [InlineData("日本", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("🚀", 1, 2)]
    public void Width_CountsColumns(string text, int least, int most = 0) =>
        Assert.InRange(TerminalText.Width(text), least, Math.Max(least, most));

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdef", 5, "abcd…")]
    [InlineData("日本語", 6, "日本語")]
    [InlineData("日本語", 5, "日本…")]
    [InlineData("日本語", 4, "日…")]
    public void Cut_KeepsTheBeginning(string text, int width, string expected)
    {
        Assert.Equal(expected, TerminalText.Cut(text, width));
        Assert.True(TerminalText.Width(expected) <= width);
    }

    [Theory]
    [InlineData("plain ünï 日本", "plain ünï 日本")]
    [InlineData("\u001b[31m", "\ufffd[31m")]
    [InlineData("a\tb\u0000c\u009b", "a\ufffdb\ufffdc\ufffd")]
    [InlineData("\u200bzero\u2028", "\ufffdzero\ufffd")]
    public void Clean_ReplacesWhatATerminalWouldObey(string text, string expected) => Assert.Equal(expected, TerminalText.Clean(text));
}
