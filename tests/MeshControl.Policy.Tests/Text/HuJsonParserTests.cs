using MeshControl.Policy.Text;

namespace MeshControl.Policy.Tests.Text;

public sealed class HuJsonParserTests
{
    [Theory]
    [InlineData("{}", "{}")]
    [InlineData("[]", "[]")]
    [InlineData(" \t\r\n null ", "null")]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    [InlineData("[1, -0, 0.5, 1e9, -1.25E-3, 1e+999]", "[1,-0,0.5,1e9,-1.25E-3,1e+999]")]
    [InlineData("""{"a": [1, {"b": null}], "c": "d"}""", """{"a":[1,{"b":null}],"c":"d"}""")]
    [InlineData("[1,]", "[1]")]
    [InlineData("[1 , // last\n]", "[1]")]
    [InlineData("""{"a": 1,}""", """{"a":1}""")]
    [InlineData("""{"a": 1, /* last */ }""", """{"a":1}""")]
    [InlineData("// first\n{} // last", "{}")]
    [InlineData("/* a // b \n */ [ /**/ ] /* * / ***/", "[]")]
    [InlineData("[/* a /* b */ 1]", "[1]")]
    [InlineData("""["// no comment", "/* neither */"]""", """["// no comment","/* neither */"]""")]
    [InlineData("""["\"\\\/\b\f\n\r\t", "\u00e9\u20AC", "\ud83d\ude00"]""", "[\"\"\\/\b\f\n\r\t\",\"é€\",\"😀\"]")]
    [InlineData("[\"é€😀\"]", "[\"é€😀\"]")]
    [InlineData("""{"a": 1, "A": 2}""", """{"a":1,"A":2}""")]
    public void TryParse_HuJson_IsRead(string text, string expected)
    {
        Assert.True(HuJsonParser.TryParse(new SourceText(text), out var value, out var error), error?.ToString());
        Assert.Equal(expected, Plain(value!));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\t")]
    [InlineData("// nothing")]
    [InlineData("/* nothing\n at all */ // really\n")]
    public void TryParse_NothingButComments_HasNoValue(string text)
    {
        Assert.True(HuJsonParser.TryParse(new SourceText(text), out var value, out _));
        Assert.Null(value);
    }

    [Theory]
    [InlineData("{,}", 1, 2, "a name in double quotes is expected here, not \",\"")]
    [InlineData("[,]", 1, 2, "a value is expected here, not \",\"")]
    [InlineData("[1,,]", 1, 4, "a value is expected here, not \",\"")]
    [InlineData("[1 2]", 1, 4, "a comma or ] is expected here, not \"2\"")]
    [InlineData("[1}", 1, 3, "a comma or ] is expected here, not \"}\"")]
    [InlineData("[", 1, 2, "a value is expected here, not the end of the text")]
    [InlineData("[1", 1, 3, "a comma or ] is expected here, not the end of the text")]
    [InlineData("{", 1, 2, "a name in double quotes is expected here, not the end of the text")]
    [InlineData("{a: 1}", 1, 2, "a name in double quotes is expected here, not \"a\"")]
    [InlineData("{\"a\" 1}", 1, 6, "a colon is expected after the name, not \"1\"")]
    [InlineData("{\"a\": }", 1, 7, "a value is expected here, not \"}\"")]
    [InlineData("{\"a\": 1 \"b\": 2}", 1, 9, "a comma or } is expected here, not \"\\\"\"")]
    [InlineData("{\"a\": 1,\n \"a\": 2}", 2, 2, "\"a\" stands here twice in one object; leave one of them out")]
    [InlineData("{} {}", 1, 4, "the policy ends before this, but \"{\" follows")]
    [InlineData("'a'", 1, 1, "strings stand in double quotes, not in single ones")]
    [InlineData("nul", 1, 1, "a value is expected here, not \"nul\"")]
    [InlineData("nullx", 1, 1, "a value is expected here, not \"nullx\"")]
    [InlineData("True", 1, 1, "a value is expected here, not \"True\"")]
    [InlineData("NaN", 1, 1, "a value is expected here, not \"NaN\"")]
    [InlineData("+1", 1, 1, "a value is expected here, not \"+1\"")]
    [InlineData(".5", 1, 1, "a value is expected here, not \".5\"")]
    [InlineData("01", 1, 1, "\"01\" is not a number as JSON has them, such as 5, -1 or 0.5")]
    [InlineData("1.", 1, 1, "\"1.\" is not a number as JSON has them, such as 5, -1 or 0.5")]
    [InlineData("-", 1, 1, "\"-\" is not a number as JSON has them, such as 5, -1 or 0.5")]
    [InlineData("1e", 1, 1, "\"1e\" is not a number as JSON has them, such as 5, -1 or 0.5")]
    [InlineData("0x1F", 1, 1, "\"0x1F\" is not a number as JSON has them, such as 5, -1 or 0.5")]
    [InlineData("[\"a]", 1, 2, "this string does not end; close it with \"")]
    [InlineData("[\"a\nb\"]", 1, 4, "a string must end on the line where it begins; write \\n for a line break")]
    [InlineData("[\"a\tb\"]", 1, 4, "a string must not hold the control character U+0009 as it is; write \\u0009")]
    [InlineData("""["\x"]""", 1, 3, """after \ in a string only one of " \ / b f n r t u may follow; write \\ for a backslash""")]
    [InlineData("""["\u12g4"]""", 1, 3, """after \u in a string four hexadecimal digits must follow""")]
    [InlineData("""["\u12""", 1, 3, """after \u in a string four hexadecimal digits must follow""")]
    [InlineData("""["\u0000"]""", 1, 3, "a string must not hold the character U+0000")]
    [InlineData("""["\ud83d"]""", 1, 3, "this is half of a character; the other half must follow as a second \\u")]
    [InlineData("""["\ude00\ud83d"]""", 1, 3, "this is half of a character; the other half must follow as a second \\u")]
    [InlineData("[] /* a\n b", 1, 4, "this comment does not end; close it with */")]
    [InlineData("[] / 1", 1, 4, "the policy ends before this, but \"/\" follows")]
    [InlineData("\uFEFF{}", 1, 1, "the text begins with a byte order mark; save it as UTF-8 without one")]
    public void TryParse_NoHuJson_IsRefusedWhereItGoesWrong(string text, int line, int column, string message)
    {
        Assert.False(HuJsonParser.TryParse(new SourceText(text), out _, out var error));
        Assert.Equal((message, new TextPosition(line, column)), (error.Message, error.Position));
    }

    [Fact]
    public void TryParse_HalfOfACharacter_IsRefused()
    {
        Assert.False(HuJsonParser.TryParse(new SourceText("[\"a\ud83db\"]"), out _, out var error));
        Assert.Equal(("half of a character stands here; save the text as UTF-8", new TextPosition(1, 4)), (error.Message, error.Position));
    }

    [Fact]
    public void TryParse_Positions_CountLinesAndWholeCharacters()
    {
        const string Text = "// 😀\r\n{\n  \"😀\": /* 😀\n😀 */ [1,\n\t\t\"😀\", true]}";

        Assert.True(HuJsonParser.TryParse(new SourceText(Text), out var root, out _));

        var member = root!.Members.Single();
        Assert.Equal(new TextPosition(2, 1), root.Position);
        Assert.Equal(new TextPosition(3, 3), member.Position);
        Assert.Equal(new TextPosition(4, 6), member.Value.Position);
        Assert.Equal(
            [new TextPosition(4, 7), new TextPosition(5, 3), new TextPosition(5, 8)],
            member.Value.Items.Select(item => item.Position));
    }

    [Fact]
    public void TryParse_Error_BringsItsLineAsWritten()
    {
        Assert.False(HuJsonParser.TryParse(new SourceText("[\n  1 2, // two\r\n]"), out _, out var error));
        Assert.Equal("  1 2, // two", error.SourceLine);
    }

    [Fact]
    public void TryParse_ErrorInAVeryLongLine_BringsItForAnExcerpt()
    {
        var line = $"[{new string(' ', 100_000)}1 2]";
        Assert.False(HuJsonParser.TryParse(new SourceText(line + "\n"), out _, out var error));
        Assert.Equal((line, new TextPosition(1, 100_004)), (error.SourceLine, error.Position));
    }

    [Fact]
    public void TryParse_Nesting_HasALimit()
    {
        var deepest = new string('[', HuJsonParser.MaxDepth) + new string(']', HuJsonParser.MaxDepth);
        Assert.True(HuJsonParser.TryParse(new SourceText(deepest), out _, out _));

        Assert.False(HuJsonParser.TryParse(new SourceText($"[{deepest}]"), out _, out var error));
        Assert.Equal(new TextPosition(1, HuJsonParser.MaxDepth + 1), error.Position);
        Assert.StartsWith("objects and lists may be nested 32 deep", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_Length_HasALimit()
    {
        var longest = "[]".PadRight(HuJsonParser.MaxLength);
        Assert.True(HuJsonParser.TryParse(new SourceText(longest), out _, out _));

        Assert.False(HuJsonParser.TryParse(new SourceText(longest + " "), out _, out var error));
        Assert.Equal("the policy has 1048577 characters; at most 1048576 are accepted", error.Message);
        Assert.Null(error.Position);
    }

    [Fact]
    public void TryParse_ManyMembers_AreComparedByATable()
    {
        var members = Enumerable.Range(0, 20).Select(number => $"\"m{number}\": {number}").ToList();
        Assert.True(HuJsonParser.TryParse(new SourceText($"{{{string.Join(",\n", members)}}}"), out var value, out _));
        Assert.Equal(20, value!.Members.Count);

        members.Add("\"m3\": 0");
        Assert.False(HuJsonParser.TryParse(new SourceText($"{{{string.Join(",\n", members)}}}"), out _, out var error));
        Assert.Equal(new TextPosition(21, 1), error.Position);
    }

    private static string Plain(HuJsonValue value) => value.Kind switch
    {
        HuJsonKind.Null => "null",
        HuJsonKind.True => "true",
        HuJsonKind.False => "false",
        HuJsonKind.Number => value.Text,
        HuJsonKind.String => $"\"{value.Text}\"",
        HuJsonKind.Array => $"[{string.Join(',', value.Items.Select(Plain))}]",
        _ => $"{{{string.Join(',', value.Members.Select(member => $"\"{member.Name}\":{Plain(member.Value)}"))}}}",
    };
}
