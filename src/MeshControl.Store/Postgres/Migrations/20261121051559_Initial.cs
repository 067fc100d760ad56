using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MeshControl.Store.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "id_block",
                columns: table => new
                {
                    kind = table.Column<int>(type: "integer", nullable: false),
                    next = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_id_block", x => x.kind);
                });

            migrationBuilder.CreateTable(
                name: "server",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<long>(type: "bigint", nullable: false),
                    schema_written_by = table.Column<string>(type: "text", nullable: false),
                    schema_written_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_server", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "tailnet",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    seq = table.Column<long>(type: "bigint", nullable: false),
                    created_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_tailnet", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "change",
                columns: table => new
                {
                    tailnet_id = table.Column<long>(type: "bigint", nullable: false),
                    seq = table.Column<long>(type: "bigint", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    kind = table.Column<int>(type: "integer", nullable: false),
                    ids = table.Column<long[]>(type: "bigint[]", nullable: false),
                    at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_change", x => new { x.tailnet_id, x.seq, x.ordinal });
                    table.ForeignKey(
                        name: "FK_change_tailnet_tailnet_id",
                        column: x => x.tailnet_id,
                        principalTable: "tailnet",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "user",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false),
                    tailnet_id = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    display_name = table.Column<string>(type: "text", nullable: false),
                    email = table.Column<string>(type: "text", nullable: true),
                    picture_url = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_user", x => x.id);
                    table.ForeignKey(
                        name: "FK_user_tailnet_tailnet_id",
                        column: x => x.tailnet_id,
                        principalTable: "tailnet",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "node",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false),
                    tailnet_id = table.Column<long>(type: "bigint", nullable: false),
                    owner_id = table.Column<long>(type: "bigint", nullable: true),
                    tags = table.Column<string[]>(type: "text[]", nullable: false),
                    machine_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    node_key = table.Column<byte[]>(type: "bytea", nullable: false),
                    disco_key = table.Column<byte[]>(type: "bytea", nullable: true),
                    network_lock_key = table.Column<byte[]>(type: "bytea", nullable: true),
                    ipv4 = table.Column<string>(type: "text", nullable: true),
                    ipv6 = table.Column<string>(type: "text", nullable: true),
                    given_name = table.Column<string>(type: "text", nullable: false),
                    given_name_fixed = table.Column<bool>(type: "boolean", nullable: false),
                    hostinfo = table.Column<string>(type: "text", nullable: false),
                    capability_version = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<long>(type: "bigint", nullable: false),
                    expiry = table.Column<long>(type: "bigint", nullable: true),
                    ephemeral = table.Column<bool>(type: "boolean", nullable: false),
                    auth_key_id = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_node", x => x.id);
                    table.ForeignKey(
                        name: "FK_node_tailnet_tailnet_id",
                        column: x => x.tailnet_id,
                        principalTable: "tailnet",
                        principalColumn: "id");
                    table.ForeignKey(
                        name: "FK_node_user_owner_id",
                        column: x => x.owner_id,
                        principalTable: "user",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "pre_auth_key",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false),
                    tailnet_id = table.Column<long>(type: "bigint", nullable: false),
                    prefix = table.Column<string>(type: "text", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    owner_id = table.Column<long>(type: "bigint", nullable: true),
                    tags = table.Column<string[]>(type: "text[]", nullable: false),
                    reusable = table.Column<bool>(type: "boolean", nullable: false),
                    ephemeral = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<long>(type: "bigint", nullable: false),
                    expiry = table.Column<long>(type: "bigint", nullable: true),
                    revoked_at = table.Column<long>(type: "bigint", nullable: true),
                    used_at = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_pre_auth_key", x => x.id);
                    table.ForeignKey(
                        name: "FK_pre_auth_key_tailnet_tailnet_id",
                        column: x => x.tailnet_id,
                        principalTable: "tailnet",
                        principalColumn: "id");
                    table.ForeignKey(
                        name: "FK_pre_auth_key_user_owner_id",
                        column: x => x.owner_id,
                        principalTable: "user",
                        principalColumn: "id");
                });

            migrationBuilder.CreateTable(
                name: "node_presence",
                columns: table => new
                {
                    node_id = table.Column<long>(type: "bigint", nullable: false),
                    tailnet_id = table.Column<long>(type: "bigint", nullable: false),
                    last_seen = table.Column<long>(type: "bigint", nullable: true),
                    endpoints = table.Column<string>(type: "text", nullable: false),
                    net_info = table.Column<string>(type: "text", nullable: true),
                    home_derp = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_node_presence", x => x.node_id);
                    table.ForeignKey(
                        name: "FK_node_presence_node_node_id",
                        column: x => x.node_id,
                        principalTable: "node",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_node_presence_tailnet_tailnet_id",
                        column: x => x.tailnet_id,
                        principalTable: "tailnet",
                        principalColumn: "id");
                });

            migrationBuilder.CreateIndex(
                name: "IX_change_at",
                table: "change",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "IX_node_node_key",
                table: "node",
                column: "node_key",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_node_owner_id",
                table: "node",
                column: "owner_id");

            migrationBuilder.CreateIndex(
                name: "IX_node_tailnet_id_given_name",
                table: "node",
                columns: new[] { "tailnet_id", "given_name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_node_tailnet_id_ipv4",
                table: "node",
                columns: new[] { "tailnet_id", "ipv4" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_node_tailnet_id_ipv6",
                table: "node",
                columns: new[] { "tailnet_id", "ipv6" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_node_presence_tailnet_id",
                table: "node_presence",
                column: "tailnet_id");

            migrationBuilder.CreateIndex(
                name: "IX_pre_auth_key_hash",
                table: "pre_auth_key",
                column: "hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_pre_auth_key_owner_id",
                table: "pre_auth_key",
                column: "owner_id");

            migrationBuilder.CreateIndex(
                name: "IX_pre_auth_key_tailnet_id",
                table: "pre_auth_key",
                column: "tailnet_id");

            migrationBuilder.CreateIndex(
                name: "IX_tailnet_name",
                table: "tailnet",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_user_tailnet_id_email",
                table: "user",
                columns: new[] { "tailnet_id", "email" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_user_tailnet_id_name",
                table: "user",
                columns: new[] { "tailnet_id", "name" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "change");

            migrationBuilder.DropTable(
                name: "id_block");

            migrationBuilder.DropTable(
                name: "node_presence");

            migrationBuilder.DropTable(
                name: "pre_auth_key");

            migrationBuilder.DropTable(
                name: "server");

            migrationBuilder.DropTable(
                name: "node");

            migrationBuilder.DropTable(
                name: "user");

            migrationBuilder.DropTable(
                name: "tailnet");
        }
    }
}
