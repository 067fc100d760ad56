using System.Reflection;

namespace MeshControl.Store.Tests.Sqlite;

/// <summary>
/// The stand-in offers all that the compiled packages were built against. Precompiled code in those packages would hide a missing
/// member until the call that needs it, so the metadata is compared: a package update that needs more fails here.
/// </summary>
public sealed class BindingContractTests
{
    private const string StandIn = "SQLitePCLRaw.core";

    public static TheoryData<string> Consumers => ["Microsoft.Data.Sqlite", "Microsoft.EntityFrameworkCore.Sqlite"];

    [Theory]
    [MemberData(nameof(Consumers))]
    public void StandIn_EveryMemberTheConsumerRefersTo_IsOffered(string consumer)
    {
        var wanted = MetadataReferences.Wanted(PathOf(consumer), StandIn);
        var offered = MetadataReferences.Offered(PathOf(StandIn));

        Assert.NotEmpty(wanted);
        Assert.Empty(wanted.Except(offered).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Consumers))]
    public void StandIn_Version_SatisfiesTheConsumer(string consumer)
    {
        var wanted = MetadataReferences.WantedVersion(PathOf(consumer), StandIn);
        var offered = AssemblyName.GetAssemblyName(PathOf(StandIn)).Version;

        Assert.True(offered >= wanted, $"{consumer} was compiled against {wanted}, the stand-in says {offered}.");
    }

    [Fact]
    public void Wanted_AssemblyThatOffersNothing_IsReportedMissing()
    {
        var wanted = MetadataReferences.Wanted(PathOf("Microsoft.Data.Sqlite"), StandIn);
        var offered = MetadataReferences.Offered(PathOf("MeshControl.Store"));

        Assert.Contains("Int32 SQLitePCL.raw.sqlite3_step(SQLitePCL.sqlite3_stmt)", wanted.Except(offered));
    }

    private static string PathOf(string assembly) => Path.Combine(AppContext.BaseDirectory, assembly + ".dll");
}
