using MeshControl.Policy.Explain;
using MeshControl.Policy.Language;
using MeshControl.Policy.Text;

namespace MeshControl.Policy.Tests.Explain;

/// <summary>Ports, rules and lines of a policy in words.</summary>
public sealed class PortTextTests
{
    [Theory]
    [InlineData(null, "*", "every port")]
    [InlineData(6, "*", "every tcp port")]
    [InlineData(1, "*", "icmp")]
    [InlineData(null, "22", "port 22")]
    [InlineData(null, "443,80", "ports 80, 443")]
    [InlineData(17, "53", "udp 53")]
    [InlineData(null, "80-90,85-100,101", "ports 80-101")]
    [InlineData(null, "1-21,23-65535", "every port but 22")]
    [InlineData(6, "1-21,23-99,200-65535", "every tcp port but 22, 100-199")]
    [InlineData(null, "1-65535", "every port")]
    [InlineData(null, "1,3,5,7,9,11,13,15,17,19,21,23,25,27", "ports 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23 and 2 more ranges")]
    public void Of_Ranges_AreWords(int? protocol, string ports, string words)
    {
        Assert.True(PortRanges.TryParse(ports, out var ranges, out var problem), problem);
        Assert.Equal(words, PortText.Of(protocol, ranges));
    }

    [Theory]
    [InlineData("[{\"a\": 1}]", 1, 2, "{\"a\": 1}")]
    [InlineData("[\n  { // no, \"}\n\t\"a\" : [ 1 ,\n 2 ], /* } */ \"b\":\"}\\\"\" ,\n }]", 2, 3, "{\"a\" : [1 , 2], \"b\":\"}\\\"\" ,}")]
    [InlineData("{}", 7, 1, "")]
    public void RuleText_Entry_IsOneLine(string text, int line, int column, string expected)
    {
        Assert.Equal(expected, RuleText.At(text, new TextPosition(line, column)));
    }

    [Fact]
    public void RuleText_LongEntry_IsCut()
    {
        var shown = RuleText.At("{\"a\": \"" + new string('x', 100_000) + "\"}", new TextPosition(1, 1));

        Assert.Equal(200, shown.Length);
        Assert.EndsWith("x…", shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0123456789", 4, 10, "0123456789", 4)]
    [InlineData("0123456789a", 1, 10, "012345678…", 1)]
    [InlineData("0123456789a", 11, 10, "…23456789a", 10)]
    [InlineData("0123456789abcdefghijklmnopqrst", 15, 10, "…9abcdefg…", 7)]
    [InlineData("0123456789abcdefghij", 99, 10, "…bcdefghij", 11)]
    [InlineData("👩👩👩x", 4, 10, "👩👩👩x", 4)]
    [InlineData("👩👩👩👩👩👩👩👩👩👩👩👩x012345678", 13, 11, "…👩👩👩x01…", 5)]
    public void SourceExcerpt_LongLine_KeepsWhatIsAtTheColumn(string line, int column, int length, string text, int at)
    {
        Assert.Equal(new SourceExcerpt(text, at), SourceExcerpt.Of(line, column, length));
    }

    [Fact]
    public void SourceExcerpt_NeverCutsACharacterInHalf()
    {
        var line = string.Concat(Enumerable.Repeat("😀", 50));
        Assert.Equal("{\"a\": 1}", RuleText.At($"/* 😀 */\n/* {line} */ {{\"a\": 1}}", new TextPosition(2, 58)));
        for (var column = 1; column <= line.Length; column++)
        {
            var excerpt = SourceExcerpt.Of(line, column, 11);

            Assert.Equal(11, excerpt.Text.Length);
            Assert.DoesNotContain('\uFFFD', System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(excerpt.Text)));
        }
    }
}
