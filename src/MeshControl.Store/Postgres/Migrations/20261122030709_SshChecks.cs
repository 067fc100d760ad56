using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MeshControl.Store.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class SshChecks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "ssh_check",
                columns: table => new
                {
                    number = table.Column<long>(type: "bigint", nullable: false),
                    auth_id = table.Column<string>(type: "text", nullable: false),
                    tailnet_id = table.Column<long>(type: "bigint", nullable: false),
                    source_id = table.Column<long>(type: "bigint", nullable: false),
                    owner_id = table.Column<long>(type: "bigint", nullable: true),
                    destination_id = table.Column<long>(type: "bigint", nullable: false),
                    local_user = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<long>(type: "bigint", nullable: false),
                    approved_at = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ssh_check", x => x.number);
                    table.ForeignKey(
                        name: "FK_ssh_check_tailnet_tailnet_id",
                        column: x => x.tailnet_id,
                        principalTable: "tailnet",
                        principalColumn: "id");
                });

            migrationBuilder.CreateIndex(
                name: "IX_ssh_check_auth_id",
                table: "ssh_check",
                column: "auth_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_ssh_check_tailnet_id",
                table: "ssh_check",
                column: "tailnet_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ssh_check");
        }
    }
}
