using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MeshControl.Store.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Approval : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "preapproved",
                table: "pre_auth_key",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "needs_approval",
                table: "node",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "preapproved",
                table: "pre_auth_key");

            migrationBuilder.DropColumn(
                name: "needs_approval",
                table: "node");
        }
    }
}
