using MeshControl.Derp.Map;
using MeshControl.Protocol.Control;

namespace MeshControl.Derp.Tests.Map;

public sealed class MapMergeTests
{
    // Test vector V18 of the reference.
    [Fact]
    public void Merge_LaterRegionsReplaceNullRemovesAndOwnComesLast()
    {
        var merged = MapMerge.Merge(
        [
            Maps.Part("one", Maps.Of((1, Maps.Region("1a")), (2, Maps.Region("2a")))),
            Maps.Part("two", Maps.Of((2, Maps.Region("2b")), (3, Maps.Region("3a")))),
            Maps.Part("three", Maps.Of((1, null))),
            Maps.Part("own", Maps.Of((999, Maps.Region("999a")))),
        ]);

        Assert.Equal([2, 3, 999], merged.Map.Regions!.Keys);
        Assert.Equal("2b", Assert.Single(merged.Map.Regions[2]!.Nodes!).Name);
        Assert.Equal(["two", "two", "own"], merged.Origins.Values);
    }

    [Fact]
    public void Merge_OwnRegion_ReplacesAnEqualNumber()
    {
        var merged = MapMerge.Merge(
            [Maps.Part("url", Maps.Of((999, Maps.Region("theirs")))), Maps.Part("own", Maps.Of((999, Maps.Region("ours"))))]);

        Assert.Equal("ours", merged.Map.Regions![999]!.Nodes![0].Name);
    }

    [Fact]
    public void Merge_NullForARegionThatIsNotThere_LeavesNone()
    {
        Assert.Empty(MapMerge.Merge([Maps.Part("one", Maps.Of((1, null)))]).Map.Regions!);
        Assert.Empty(MapMerge.Merge([]).Map.Regions!);
        Assert.Empty(MapMerge.Merge([new MapPart("nothing", new DerpMap())]).Map.Regions!);
    }

    [Fact]
    public void Merge_HomeParams_AreMergedOneByOne()
    {
        var merged = MapMerge.Merge([Scores("one", (1, 0.5), (2, 3)), Scores("two", (2, 0.25)), Maps.Part("three", Maps.Of())]);

        Assert.Equal([(1, 0.5), (2, 0.25)], merged.Map.HomeParams!.RegionScore!.Select(score => (score.Key, score.Value)));
    }

    [Fact]
    public void Merge_SameContentInAnotherOrder_IsTheSameText()
    {
        var one = MapMerge.Merge([Maps.Part("a", Maps.Of((2, Maps.Region("2a")), (1, Maps.Region("1a"))))]).Map;
        var other = MapMerge.Merge([Maps.Part("a", Maps.Of((1, Maps.Region("1a")))), Maps.Part("b", Maps.Of((2, Maps.Region("2a"))))]).Map;

        Assert.Equal(one, other);
        Assert.Equal(ControlJson.SerializeToUtf8Bytes(one), ControlJson.SerializeToUtf8Bytes(other));
    }

    [Fact]
    [Trait("Acceptance", "TestMergeDERPMapsClonesRegions")]
    public void Merge_Parts_StayAsTheyWere()
    {
        var first = Maps.Part("one", Maps.Of((1, Maps.Region("1a", "1b")), (2, null)));
        var second = Maps.Part("two", Maps.Of((1, Maps.Region("1c")), (2, Maps.Region("2a"))));
        var before = (Text(first), Text(second));

        var merged = MapMerge.Merge([first, second]).Map;
        var ordered = NodeOrder.For(MapRules.WithChecks(merged), "mesh.internal");

        Assert.Equal([1, 2], ordered.Regions!.Keys);
        Assert.Equal(before, (Text(first), Text(second)));

        static string Text(MapPart part) => System.Text.Encoding.UTF8.GetString(ControlJson.SerializeToUtf8Bytes(part.Map));
    }

    [Fact]
    public void MergeSound_ForeignPartThatTakesAName_IsLeftOutWithTheReason()
    {
        var own = Maps.Part("own", Maps.Of((900, Maps.Region("a"))));
        var foreign = Maps.Part("https://maps.example", Maps.Of((1, Maps.Region("a")), (2, Maps.Region("b"))), isForeign: true);

        var merged = MapMerge.MergeSound([foreign, own]);

        Assert.Equal([900], merged.Map.Regions!.Keys);
        Assert.Contains("2 nodes are called a, in region 1 and region 900", merged.Refused["https://maps.example"].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MergeSound_ForeignPartsThatDisagree_AreJudgedByTheirOrder()
    {
        var first = Maps.Part("first", Maps.Of((1, Maps.Region("a"))), isForeign: true);
        var second = Maps.Part("second", Maps.Of((2, Maps.Region("a"))), isForeign: true);

        Assert.Equal(["second"], MapMerge.MergeSound([first, second]).Refused.Keys);
        Assert.Equal(["first"], MapMerge.MergeSound([second, first]).Refused.Keys);
    }

    [Fact]
    public void MergeSound_ConflictThatALaterPartRemoves_IsNone()
    {
        var foreign = Maps.Part("url", Maps.Of((1, Maps.Region("a")), (2, Maps.Region("b"))), isForeign: true);
        var own = Maps.Part("own", Maps.Of((1, null), (900, Maps.Region("a"))));

        var merged = MapMerge.MergeSound([foreign, own]);

        Assert.Empty(merged.Refused);
        Assert.Equal([2, 900], merged.Map.Regions!.Keys);
    }

    [Fact]
    public void MergeSound_ForeignPartWithoutAnyHome_IsLeftOutUnlessThereIsAnother()
    {
        var foreign = Maps.Part("url", Maps.Of((1, Maps.Region("a") with { NoMeasureNoHome = true })), isForeign: true);

        Assert.Equal(["url"], MapMerge.MergeSound([foreign]).Refused.Keys);
        Assert.Empty(MapMerge.MergeSound([foreign, Maps.Part("own", Maps.Of((900, Maps.Region("b"))))]).Refused);
    }

    [Fact]
    public void After_ScoresThatAreGone_AreReset()
    {
        var before = MapMerge.Merge([Scores("one", (1, 0.5))]).Map;
        var without = MapMerge.Merge([Maps.Part("one", Maps.Of((1, Maps.Region("1a"))))]).Map;

        var said = MapMerge.After(before, without);

        Assert.Empty(said.HomeParams!.RegionScore!);
        Assert.Contains("\"HomeParams\":{\"RegionScore\":{}}", System.Text.Encoding.UTF8.GetString(ControlJson.SerializeToUtf8Bytes(said)), StringComparison.Ordinal);
        Assert.Equal(said, MapMerge.After(said, without));
        Assert.Same(without, MapMerge.After(without, without));
    }

    private static MapPart Scores(string source, params (int Id, double Score)[] scores) => Maps.Part(source, new DerpMap
    {
        Regions = WireMap.CopyOf([KeyValuePair.Create<int, DerpRegion?>(7, Maps.Region("7a"))]),
        HomeParams = new DerpHomeParams { RegionScore = WireMap.CopyOf(scores.Select(score => KeyValuePair.Create(score.Id, score.Score))) },
    });
}
