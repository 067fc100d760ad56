using MeshControl.Store.Databases;
using Microsoft.EntityFrameworkCore.Migrations;

namespace MeshControl.Store.Tests.Fixtures.Later;

/// <summary>
/// A program with one migration more than ours, for both databases: it makes the table <c>probe</c>, and fails where there is one. The
/// other types of this folder repeat ours, since EF Core looks for migrations in one assembly alone.
/// </summary>
internal static class LaterProgram
{
    public const string Schema = "29990101000000_Probe";

    public static StoreSeams Seams => new() { MigrationsAssembly = typeof(LaterProgram).Assembly.GetName().Name! };

    public static void Up(MigrationBuilder migration) => migration.Sql("CREATE TABLE probe (id integer)");
}
