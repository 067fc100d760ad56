using MeshControl.Policy.Text;

namespace MeshControl.Policy.Tests.Text;

public sealed class QuotedTextTests
{
    [Theory]
    [InlineData("tag:сервер", "\"tag:сервер\"")]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [InlineData("a\n\r\t\u0001\u0085", "\"a\\n\\r\\t\\u0001\\u0085\"")]
    [InlineData("", "\"\"")]
    public void Of_Text_IsQuotedAndEscaped(string text, string expected) => Assert.Equal(expected, QuotedText.Of(text));

    [Fact]
    public void Of_LongText_IsCutBetweenCharacters()
    {
        var longest = new string('a', QuotedText.MaxLength);
        Assert.Equal($"\"{longest}\"", QuotedText.Of(longest));
        Assert.Equal($"\"{longest}…\"", QuotedText.Of(longest + "b"));
        Assert.Equal($"\"{longest[1..]}…\"", QuotedText.Of(longest[1..] + "😀"));
    }
}
