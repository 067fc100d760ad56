using MeshControl.Policy.Language;
using MeshControl.Policy.Language.Printing;
using MeshControl.Policy.Tests.Support;

namespace MeshControl.Policy.Tests.Language.Printing;

public sealed class PolicyPrinterTests
{
    [Fact]
    public void Print_RandomPolicy_IsReadBackTheSame()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var policy = new RandomPolicies(new Random(seed)).NextWithRemovedRegions();
            var printed = PolicyPrinter.Print(policy);
            Assert.True(PolicyReader.TryRead(printed, Read.Tailnet, out var again, out var error), $"seed {seed}: {error}");
            Assert.True(PolicyContent.Of(policy) == PolicyContent.Of(again), $"seed {seed}: another policy is read than\n{printed}");
            Assert.Equal(printed, PolicyPrinter.Print(again));
        }
    }

    [Fact]
    public void Print_DifferentText_SameMeaning_LooksTheSame()
    {
        var one = Read.Good("""{"hosts": {"b": "10.0.0.7/8", "a": "fd00::01"}, "ACLs": [{"action": "accept", "users": [" a@ "], "ports": ["[fd00::1]:0-65535", "b:22"], "proto": "6"}]}""");
        var other = Read.Good("""{"acls": [{"dst": ["fd00:0::1:*", "b:22"], "src": ["a@"], "proto": "TCP", "action": "accept"},], /**/ "hosts": {"a": "fd00::1", "b": "10.0.0.0/8"}}""");

        Assert.Equal(PolicyPrinter.Print(one), PolicyPrinter.Print(other));
        Assert.Equal(
            """
            {
              "hosts": {
                "a": "fd00::1",
                "b": "10.0.0.0/8"
              },
              "acls": [
                {
                  "action": "accept",
                  "src": [
                    "a@"
                  ],
                  "proto": "tcp",
                  "dst": [
                    "[fd00::1]:*",
                    "b:22"
                  ]
                }
              ]
            }

            """,
            PolicyPrinter.Print(one),
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void Print_EmptySections_AreNotAbsentOnes()
    {
        Assert.Equal("{}\n", PolicyPrinter.Print(Read.Good("")));
        Assert.Equal("{\n  \"acls\": [],\n  \"grants\": []\n}\n", PolicyPrinter.Print(Read.Good("""{"grants": [], "acls": []}""")));
    }

    [Fact]
    public void PolicyContent_AnythingDifferent_IsSeen()
    {
        var seen = Enumerable.Range(0, 500).Select(seed => PolicyContent.Of(new RandomPolicies(new Random(seed)).Next())).Distinct().Count();
        Assert.InRange(seen, 495, 500);
    }
}
