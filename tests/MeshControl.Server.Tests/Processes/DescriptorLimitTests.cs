using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Processes;

namespace MeshControl.Server.Tests.Processes;

public sealed class DescriptorLimitTests
{
    private static readonly DerpServerOptions NoRelay = new() { PrivateKeyPath = "/nowhere", Enabled = false };

    private const string Limits =
        """
        Limit                     Soft Limit           Hard Limit           Units
        Max processes             7803                 7803                 processes
        Max open files            1024                 1048576              files
        """;

    [Fact]
    public void Parse_List_IsTheSoftLimit()
    {
        Assert.Equal(1024, DescriptorLimit.Parse(Limits));
        Assert.Null(DescriptorLimit.Parse(Limits.Replace("1024 ", "unlimited ", StringComparison.Ordinal)));
        Assert.Null(DescriptorLimit.Parse("something else"));
    }

    [Fact]
    public void Read_ThisProcess_HasOne()
    {
        Assert.True(DescriptorLimit.Read() is null or > 0);
    }

    [Theory]
    [InlineData(184, false)]
    [InlineData(185, true)]
    public void Check_Nodes_WarnsBeyondWhatFits(int nodes, bool warns)
    {
        var warning = DescriptorLimit.Check(1024, nodes, new LimitOptions { MaxConnections = 2000, MaxPendingConnections = 400 }, NoRelay);

        Assert.Equal(warns, warning is not null);
        Assert.True(!warns || warning == "The process may open 1024 files, but 185 nodes and 400 pending connections need 1026: write "
            + "LimitNOFILE=2048 into the service file, raise the limit with ulimit -n before the start, or lower "
            + "limits.max_pending_connections.");
    }

    [Fact]
    public void Check_MoreNodesThanConnections_CountsConnections()
    {
        var limits = new LimitOptions { MaxConnections = 768, MaxPendingConnections = 400 };

        Assert.Null(DescriptorLimit.Check(1024, 10_000, limits, NoRelay));
        Assert.NotNull(DescriptorLimit.Check(1023, 10_000, limits, NoRelay));
    }

    [Theory]
    [InlineData(10, 1124)]
    [InlineData(500, 1124 + 490)]
    public void Check_Relay_CountsItsConnectionsToo(int nodes, int needed)
    {
        var limits = new LimitOptions { MaxConnections = 858, MaxPendingConnections = 838 };
        var relay = NoRelay with { Enabled = true, MaxConnections = 500 };

        Assert.Null(DescriptorLimit.Check(needed, nodes, limits, relay));
        Assert.NotNull(DescriptorLimit.Check(needed - 1, nodes, limits, relay));
    }

    [Fact]
    public void Check_NoLimit_IsEnough()
    {
        Assert.Null(DescriptorLimit.Check(null, int.MaxValue, new LimitOptions(), NoRelay));
    }
}
