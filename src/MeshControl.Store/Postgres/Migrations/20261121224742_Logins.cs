using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MeshControl.Store.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class Logins : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "register_method",
                table: "node",
                type: "integer",
                nullable: false,
                defaultValue: 1); // Nodes joined by auth key alone before.

            migrationBuilder.CreateTable(
                name: "pending_login",
                columns: table => new
                {
                    number = table.Column<long>(type: "bigint", nullable: false),
                    auth_id = table.Column<string>(type: "text", nullable: false),
                    machine_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    node_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    old_node_key = table.Column<byte[]>(type: "bytea", nullable: true),
                    network_lock_key = table.Column<byte[]>(type: "bytea", nullable: true),
                    hostinfo = table.Column<string>(type: "text", nullable: false),
                    capability_version = table.Column<int>(type: "integer", nullable: false),
                    wanted_expiry = table.Column<long>(type: "bigint", nullable: true),
                    ephemeral = table.Column<bool>(type: "boolean", nullable: false),
                    address = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_pending_login", x => x.number);
                });

            migrationBuilder.CreateIndex(
                name: "IX_pending_login_auth_id",
                table: "pending_login",
                column: "auth_id",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "pending_login");

            migrationBuilder.DropColumn(
                name: "register_method",
                table: "node");
        }
    }
}
