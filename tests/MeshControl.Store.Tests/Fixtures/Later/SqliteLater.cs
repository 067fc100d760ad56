using MeshControl.Store.Sqlite;
using MeshControl.Store.Sqlite.Migrations;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace MeshControl.Store.Tests.Fixtures.Later;

internal sealed class SqliteInitialAgain : Initial;

internal sealed class SqliteApiKeysAgain : ApiKeys;

internal sealed class SqlitePoliciesAgain : Policies;

internal sealed class SqliteLoginsAgain : Logins;

internal sealed class SqliteApprovalAgain : Approval;

internal sealed class SqlitePresenceOnlineAgain : PresenceOnline;

internal sealed class SqliteSshChecksAgain : SshChecks;

internal sealed class SqliteSnapshotAgain : SqliteMeshDbContextModelSnapshot;

[DbContext(typeof(SqliteMeshDbContext))]
[Migration(LaterProgram.Schema)]
internal sealed class SqliteProbe : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => LaterProgram.Up(migrationBuilder);
}
