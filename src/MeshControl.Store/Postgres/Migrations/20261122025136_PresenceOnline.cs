using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MeshControl.Store.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class PresenceOnline : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "online",
                table: "node_presence",
                type: "boolean",
                nullable: false,
                defaultValue: false);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "online",
                table: "node_presence");
        }
    }
}
