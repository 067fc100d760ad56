namespace MeshControl.Architecture.Tests.Support;

/// <summary>
/// Exceptions from a rule, each with its reason. The list may only shrink: an entry that is not needed any more fails the test,
/// and a new one wants a better reason than "it was quicker".
/// </summary>
internal static class Allowance
{
    public static void Check(IEnumerable<string> violations, IReadOnlyDictionary<string, string> exceptions)
    {
        var found = violations.Distinct().Order(StringComparer.Ordinal).ToArray();
        Assert.Equal([], found.Except(exceptions.Keys));
        Assert.Equal([], exceptions.Keys.Except(found));
        Assert.DoesNotContain(exceptions.Values, string.IsNullOrWhiteSpace);
    }
}
