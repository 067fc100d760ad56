using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;
using MeshControl.Server.Admin;

namespace MeshControl.Server.Tests.Admin;

public sealed class AdminPagesTests
{
    [Fact]
    public void Take_MoreThanAPage_EveryItemOnceInOrder()
    {
        var ids = Enumerable.Range(1, AdminPages.MaxItems * 2 + 1).Select(i => (long)i).Reverse().ToArray();
        var seen = new List<long>();
        var pages = 0;
        var token = "";
        do
        {
            var page = Take(ids, 0, token).Message!;
            seen.AddRange(page.Items.Select(u => u.Id));
            token = page.NextToken;
            pages++;
        }
        while (token.Length > 0);

        Assert.Equal(3, pages);
        Assert.Equal(ids.Order(), seen);
    }

    [Theory]
    [InlineData(0, AdminPages.MaxItems)]
    [InlineData(1, 1)]
    [InlineData(AdminPages.MaxItems, AdminPages.MaxItems)]
    [InlineData(AdminPages.MaxItems + 1, AdminPages.MaxItems)]
    public void Take_Size_IsCapped(int asked, int given)
    {
        var ids = Enumerable.Range(1, AdminPages.MaxItems * 2).Select(i => (long)i);

        Assert.Equal(given, Take(ids, asked, "").Message!.Items.Count);
    }

    [Fact]
    public void Take_ExactlyOnePage_HasNoNext() => Assert.Empty(Take([1, 2], 2, "").Message!.NextToken);

    [Fact]
    public void Take_ItemRemovedBetweenPages_SkipsNothing()
    {
        var first = Take([1, 2, 3, 4], 2, "").Message!;

        var second = Take([3, 4], 2, first.NextToken).Message!;

        Assert.Equal([3, 4], second.Items.Select(u => u.Id));
    }

    [Fact]
    public void Take_BigItems_EndsThePageFarBelowTheLimitOfAMessage()
    {
        var name = new string('x', 300_000);
        var page = AdminPages.Take([1L, 2, 3, 4, 5, 6], id => id, id => new User { Id = id, Name = name }, 0, "").Message!;

        Assert.Equal(4, page.Items.Count);
        Assert.Equal("4", page.NextToken);
        Assert.True(page.Items.Sum(u => u.CalculateSize()) < MessageFrame.DefaultMaxLength);
    }

    [Fact]
    public void Take_ExactlyAsManyBytesAsAllowed_GoesOnAndOneMoreEndsThePage()
    {
        var overhead = new User { Id = 1, Name = new string('x', AdminPages.MaxBytes - 100) }.CalculateSize() - (AdminPages.MaxBytes - 100);

        Assert.Equal(2, Take(AdminPages.MaxBytes).Items.Count);
        Assert.Single(Take(AdminPages.MaxBytes + 1).Items);

        AdminPage<User> Take(int bytes) => AdminPages.Take(
            [1L, 2], id => id, id => new User { Id = id, Name = new string('x', bytes - overhead) }, 0, "").Message!;
    }

    [Theory]
    [InlineData(0, "x")]
    [InlineData(0, "-1")]
    [InlineData(0, "99999999999999999999")]
    [InlineData(-1, "")]
    public void Take_NonsenseFromTheCaller_IsInvalidArgument(int size, string token) =>
        Assert.Equal(RpcStatusCode.InvalidArgument, Take([1], size, token).Failure!.Code);

    private static MeshControl.Server.Rpc.RpcResult<AdminPage<User>> Take(IEnumerable<long> ids, int size, string token) =>
        AdminPages.Take(ids, id => id, id => new User { Id = id }, size, token);
}
