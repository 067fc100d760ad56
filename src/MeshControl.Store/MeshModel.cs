using MeshControl.Store.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MeshControl.Store;

/// <summary>
/// Tables, keys and indexes, the same for every database. Relations are declared for the sake of the database and of the order in
/// which rows are written; no row refers to another as an object.
/// </summary>
internal static class MeshModel
{
    public static void Build(ModelBuilder model)
    {
        model.Entity<TailnetRow>(tailnet =>
        {
            tailnet.ToTable("tailnet").HasKey(row => row.Id);
            tailnet.HasIndex(row => row.Name).IsUnique();
        });
        model.Entity<UserRow>(user =>
        {
            user.ToTable("user").HasKey(row => row.Id);
            user.HasIndex(row => new { row.TailnetId, row.Name }).IsUnique();
            user.HasIndex(row => new { row.TailnetId, row.Email }).IsUnique();
            BelongsToTailnet(user, nameof(UserRow.TailnetId));
        });
        model.Entity<NodeRow>(BuildNode);
        model.Entity<NodePresenceRow>(presence =>
        {
            presence.ToTable("node_presence").HasKey(row => row.NodeId);
            presence.HasOne<NodeRow>().WithOne().HasForeignKey<NodePresenceRow>(row => row.NodeId).OnDelete(DeleteBehavior.Cascade);
            BelongsToTailnet(presence, nameof(NodePresenceRow.TailnetId));
        });
        model.Entity<PreAuthKeyRow>(key =>
        {
            key.ToTable("pre_auth_key").HasKey(row => row.Id);
            key.HasIndex(row => row.Hash).IsUnique();
            key.HasOne<UserRow>().WithMany().HasForeignKey(row => row.OwnerId).OnDelete(DeleteBehavior.NoAction);
            BelongsToTailnet(key, nameof(PreAuthKeyRow.TailnetId));
        });
        model.Entity<ApiKeyRow>(key =>
        {
            key.ToTable("api_key").HasKey(row => row.Id);
            key.HasIndex(row => row.Prefix).IsUnique();
            BelongsToTailnet(key, nameof(ApiKeyRow.TailnetId));
        });
        model.Entity<PendingLoginRow>(login =>
        {
            login.ToTable("pending_login").HasKey(row => row.Number);
            login.HasIndex(row => row.AuthId).IsUnique();
        });
        model.Entity<SshCheckRow>(check =>
        {
            check.ToTable("ssh_check").HasKey(row => row.Number);
            check.HasIndex(row => row.AuthId).IsUnique();
            BelongsToTailnet(check, nameof(SshCheckRow.TailnetId));
        });
        model.Entity<PolicyRow>(policy =>
        {
            policy.ToTable("policy").HasKey(row => new { row.TailnetId, row.Version });
            BelongsToTailnet(policy, nameof(PolicyRow.TailnetId));
        });
        model.Entity<ChangeRow>(change =>
        {
            change.ToTable("change").HasKey(row => new { row.TailnetId, row.Seq, row.Ordinal });
            change.HasIndex(row => row.At);
            BelongsToTailnet(change, nameof(ChangeRow.TailnetId));
        });
        model.Entity<IdBlockRow>().ToTable("id_block").HasKey(row => row.Kind);
        model.Entity<ServerRow>().ToTable("server").HasKey(row => row.Id);
        NameColumns(model);
    }

    private static void BuildNode(EntityTypeBuilder<NodeRow> node)
    {
        node.ToTable("node").HasKey(row => row.Id);
        node.HasIndex(row => row.NodeKey).IsUnique();
        node.HasIndex(row => new { row.TailnetId, row.Ipv4 }).IsUnique();
        node.HasIndex(row => new { row.TailnetId, row.Ipv6 }).IsUnique();
        node.HasIndex(row => new { row.TailnetId, row.GivenName }).IsUnique();
        node.HasOne<UserRow>().WithMany().HasForeignKey(row => row.OwnerId).OnDelete(DeleteBehavior.NoAction);
        BelongsToTailnet(node, nameof(NodeRow.TailnetId));
    }

    private static void BelongsToTailnet<TRow>(EntityTypeBuilder<TRow> row, string property)
        where TRow : class =>
        row.HasOne<TailnetRow>().WithMany().HasForeignKey(property).OnDelete(DeleteBehavior.NoAction);

    private static void NameColumns(ModelBuilder model)
    {
        foreach (var entity in model.Model.GetEntityTypes())
        {
            foreach (var property in entity.GetProperties())
            {
                property.SetColumnName(SnakeCase(property.Name));

                // Every id is given out by Core or by id_block.
                property.ValueGenerated = Microsoft.EntityFrameworkCore.Metadata.ValueGenerated.Never;
            }
        }
    }

    private static string SnakeCase(string name) => string.Concat(
        name.Select((letter, index) => (char.IsUpper(letter) && index > 0 ? "_" : "") + char.ToLowerInvariant(letter)));
}
