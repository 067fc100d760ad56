using MeshControl.Policy.Language;

namespace MeshControl.Policy.Tests.Language;

public sealed class PostureConditionsTests
{
    [Theory]
    [InlineData("node:os == 'macos'", PostureOperator.Equal, "node:os == 'macos'")]
    [InlineData(" node:os=='macos' ", PostureOperator.Equal, "node:os == 'macos'")]
    [InlineData("node:os != \"macos\"", PostureOperator.NotEqual, "node:os != 'macos'")]
    [InlineData("node:tsVersion >= '1.40'", PostureOperator.GreaterOrEqual, "node:tsVersion >= '1.40'")]
    [InlineData("custom:score < 5.5", PostureOperator.Less, "custom:score < 5.5")]
    [InlineData("custom:score <= -1", PostureOperator.LessOrEqual, "custom:score <= -1")]
    [InlineData("custom:score > 0", PostureOperator.Greater, "custom:score > 0")]
    [InlineData("node:tsAutoUpdate == true", PostureOperator.Equal, "node:tsAutoUpdate == true")]
    [InlineData("custom:tier IN ['gold','silver', 1]", PostureOperator.In, "custom:tier IN ['gold', 'silver', 1]")]
    [InlineData("custom:tier not in [ false ]", PostureOperator.NotIn, "custom:tier NOT IN [false]")]
    [InlineData("custom:tier IS SET", PostureOperator.IsSet, "custom:tier IS SET")]
    [InlineData("custom:tier NOT  SET", PostureOperator.NotSet, "custom:tier NOT SET")]
    [InlineData("""custom:a == 'it\'s "x" \\'""", PostureOperator.Equal, """custom:a == 'it\'s "x" \\'""")]
    [InlineData("custom:a == ''", PostureOperator.Equal, "custom:a == ''")]
    public void TryParse_Condition_IsReadAndPrinted(string text, PostureOperator expected, string printed)
    {
        Assert.True(PostureConditions.TryParse(text, out var condition));
        Assert.Equal((expected, printed), (condition.Operator, PostureConditions.Format(condition)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("node:os")]
    [InlineData("os == 'macos'")]
    [InlineData(":os == 'macos'")]
    [InlineData("node: == 'macos'")]
    [InlineData("node:os = 'macos'")]
    [InlineData("node:os == macos")]
    [InlineData("node:os == 'macos")]
    [InlineData("node:os == 'macos' x")]
    [InlineData("node:os == ")]
    [InlineData("node:os == 01")]
    [InlineData("node:os IN []")]
    [InlineData("node:os IN ['a'")]
    [InlineData("node:os IN ['a',]")]
    [InlineData("node:os IN 'a'")]
    [InlineData("node:os IS")]
    [InlineData("node:os IS NOT SET")]
    [InlineData("node:os NOT")]
    [InlineData("node:os IS SETTING")]
    [InlineData("node:os IS SET 'a'")]
    public void TryParse_NoCondition_IsRefused(string text) => Assert.False(PostureConditions.TryParse(text, out _));
}
