using MeshControl.Policy.Language.Reading;
using MeshControl.Policy.Tests.Support;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Language;

public sealed class IpSetsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("add 10.0.0.0/8", "10.0.0.0/8")]
    [InlineData(" 10.0.0.1 | fd00::1", "10.0.0.1/32 fd00::1/128")]
    [InlineData("add 10.0.0.0/30 | remove 10.0.0.1", "10.0.0.0/32 10.0.0.2/31")]
    [InlineData("remove 10.0.0.1 | add 10.0.0.0/30", "10.0.0.0/30")]
    [InlineData("10.0.0.0/8 | remove 10.0.0.0/9 | add 10.1.0.0/16", "10.1.0.0/16 10.128.0.0/9")]
    [InlineData("10.0.0.0/25 | 10.0.0.128/25", "10.0.0.0/24")]
    [InlineData("10.0.0.1-10.0.0.6", "10.0.0.1/32 10.0.0.2/31 10.0.0.4/31 10.0.0.6/32")]
    [InlineData("0.0.0.0-255.255.255.255 | ::/0", "0.0.0.0/0 ::/0")]
    [InlineData("::/0 | remove 8000::/1", "::/1")]
    [InlineData("::/0 | remove ::/1", "8000::/1")]
    [InlineData("lan | remove host:gw", "10.0.0.0/32 10.0.0.2/31")]
    [InlineData("ipset:other | remove 192.0.2.0/25", "192.0.2.128/25")]
    [InlineData("192.0.2.0/24 | remove ipset:other", "")]
    [InlineData("autogroup:internet | remove 0.0.0.0-199.255.255.255 | remove 2000::/3", "200.0.0.0/5 208.0.0.0/4 224.0.0.0/3")]
    public void TryRead_Entries_AreAppliedInOrder(string entries, string expected)
    {
        var list = string.Join(", ", entries.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(entry => $"\"{entry}\""));
        var file = Read.Good(
            $$"""
            {"hosts": {"lan": "10.0.0.0/30", "gw": "10.0.0.1"}, "ipsets": {"ipset:x": [{{list}}], "ipset:other": ["192.0.2.0/24"] } }
            """);
        Assert.Equal(expected, string.Join(' ', file.IpSets["ipset:x"]));
    }

    [Theory]
    [InlineData("""{"x": []}""", "ipsets[\"x\"]: a set is named ipset: and something, such as ipset:office")]
    [InlineData("""{"ipset:x": [], "ipset:x ": []}""", "ipsets[\"ipset:x\"] is defined twice; leave one of them out")]
    [InlineData("""{"ipset:x": ["delete 10.0.0.1"]}""", "ipsets[\"ipset:x\"]: \"delete 10.0.0.1\" is no entry such as \"add 10.0.0.0/8\" or \"remove host:gateway\"")]
    [InlineData("""{"ipset:x": ["add"]}""", "ipsets[\"ipset:x\"]: \"add\" is no entry such as")]
    [InlineData("""{"ipset:x": ["add tag:a"]}""", "ipsets[\"ipset:x\"]: \"add tag:a\" is no entry such as")]
    [InlineData("""{"ipset:x": ["add ipset:y"]}""", "ipsets[\"ipset:x\"]: ipset not found: \"ipset:y\"")]
    [InlineData("""{"ipset:x": ["add ipset:x"]}""", "ipsets[\"ipset:x\"]: would hold itself through \"ipset:x\"")]
    [InlineData("""{"ipset:x": ["ipset:y"], "ipset:y": ["remove ipset:x"]}""", "ipsets[\"ipset:y\"]: would hold itself through \"ipset:x\"")]
    public void TryRead_BadSets_AreRefused(string section, string message) =>
        Assert.StartsWith(message, Read.Bad($$"""{"ipsets": {{section}}}""").Message, StringComparison.Ordinal);

    [Fact]
    public void TryRead_Nesting_HasALimit()
    {
        static string Chain(int length)
        {
            var sets = Enumerable.Range(1, length).Select(number => $"\"ipset:{number}\": [\"{(number == length ? "10.0.0.1" : $"ipset:{number + 1}")}\"]");
            return $"{{\"ipsets\": {{{string.Join(", ", sets)}}}}}";
        }

        Assert.Equal(IpSetsReader.MaxNesting, Read.Good(Chain(IpSetsReader.MaxNesting)).IpSets.Count);
        Assert.Contains("sets may be nested 16 deep", Read.Bad(Chain(IpSetsReader.MaxNesting + 1)).Message);
    }

    [Fact]
    public void TryRead_ManyPrefixesFromFewWords_HaveALimit()
    {
        // Each set costs its own prefixes and, where it is used, those again.
        static string Sets(int prefixes)
        {
            var holes = Enumerable.Range(0, prefixes).Select(number => $"\"10.{number / 128}.{number % 128 * 2}.0/24\"");
            return $"{{\"ipsets\": {{\"ipset:a\": [{string.Join(",", holes)}], \"ipset:b\": [\"ipset:a\", \"remove 0.0.0.0/0\"]}}}}";
        }

        Assert.Equal(IpSetsReader.MaxPrefixes / 2, Read.Good(Sets(IpSetsReader.MaxPrefixes / 2)).IpSets["ipset:a"].Length);
        Assert.Equal(
            "the IP sets of this policy come to more than 50000 prefixes; make them simpler",
            Read.Bad(Sets((IpSetsReader.MaxPrefixes / 2) + 1)).Message);

        // A range of IPv6 may be 250 prefixes.
        var ranges = Enumerable.Range(0, 400).Select(number => $"\"{number:x}::1-{number:x}:ffff:ffff:ffff:ffff:ffff:ffff:fffe\"");
        Assert.StartsWith("the IP sets of this policy", Read.Bad($"{{\"ipsets\": {{\"ipset:a\": [{string.Join(",", ranges)}]}}}}").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_RandomEntries_HoldWhatTheLastOneSays()
    {
        var random = new Random(6);
        for (var round = 0; round < 200; round++)
        {
            var steps = Enumerable.Range(0, random.Next(12))
                .Select(_ => (IsAdded: random.Next(3) > 0, First: random.Next(64), Length: random.Next(20)))
                .Select(step => (step.IsAdded, step.First, Last: Math.Min(step.First + step.Length, 63)))
                .ToArray();
            var entries = steps.Select(step => $"\"{(step.IsAdded ? "add" : "remove")} 10.0.0.{step.First}-10.0.0.{step.Last}\"");

            var set = Read.Good($"{{\"ipsets\": {{\"ipset:x\": [{string.Join(",", entries)}]}}}}").IpSets["ipset:x"];

            for (var address = 0; address < 64; address++)
            {
                var expected = steps.LastOrDefault(step => step.First <= address && address <= step.Last).IsAdded;
                Assert.Equal(expected ? 1 : 0, set.Count(prefix => prefix.Contains(IpPrefix.Parse($"10.0.0.{address}/32"))));
            }
        }
    }
}
