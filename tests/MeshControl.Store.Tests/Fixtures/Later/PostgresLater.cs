using MeshControl.Store.Postgres;
using MeshControl.Store.Postgres.Migrations;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace MeshControl.Store.Tests.Fixtures.Later;

internal sealed class PostgresInitialAgain : Initial;

internal sealed class PostgresApiKeysAgain : ApiKeys;

internal sealed class PostgresPoliciesAgain : Policies;

internal sealed class PostgresLoginsAgain : Logins;

internal sealed class PostgresApprovalAgain : Approval;

internal sealed class PostgresPresenceOnlineAgain : PresenceOnline;

internal sealed class PostgresSshChecksAgain : SshChecks;

internal sealed class PostgresSnapshotAgain : PostgresMeshDbContextModelSnapshot;

[DbContext(typeof(PostgresMeshDbContext))]
[Migration(LaterProgram.Schema)]
internal sealed class PostgresProbe : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => LaterProgram.Up(migrationBuilder);
}
