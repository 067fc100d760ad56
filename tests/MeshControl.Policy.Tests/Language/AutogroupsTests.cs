using MeshControl.Policy.Language;

namespace MeshControl.Policy.Tests.Language;

public sealed class AutogroupsTests
{
    [Fact]
    public void NameOf_EveryAutogroup_IsFoundAgain()
    {
        Assert.All(Enum.GetValues<Autogroup>(), group =>
        {
            Assert.True(Autogroups.TryFind(Autogroups.NameOf(group), out var found));
            Assert.Equal(group, found);
        });
    }

    [Fact]
    public void TryFind_OlderSpelling_IsMember()
    {
        Assert.True(Autogroups.TryFind("autogroup:members", out var group));
        Assert.Equal(Autogroup.Member, group);
    }
}
