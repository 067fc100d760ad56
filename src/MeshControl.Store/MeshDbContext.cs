using MeshControl.Store.Rows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace MeshControl.Store;

/// <summary>
/// One unit of work on the database: made for a batch or a read, then thrown away. Nothing is tracked that was read, and what is
/// written is said explicitly, so saving never compares and never reads.
/// </summary>
internal abstract class MeshDbContext : DbContext
{
    protected MeshDbContext(DbContextOptions options)
        : base(options)
    {
        ChangeTracker.AutoDetectChangesEnabled = false;
        ChangeTracker.LazyLoadingEnabled = false;
        ChangeTracker.QueryTrackingBehavior = QueryTrackingBehavior.NoTracking;

        // What hangs on a deleted row is Core's decision or the database's.
        ChangeTracker.CascadeDeleteTiming = CascadeTiming.Never;
        ChangeTracker.DeleteOrphansTiming = CascadeTiming.Never;
    }

    public DbSet<TailnetRow> Tailnets => Set<TailnetRow>();

    public DbSet<UserRow> Users => Set<UserRow>();

    public DbSet<NodeRow> Nodes => Set<NodeRow>();

    public DbSet<NodePresenceRow> Presence => Set<NodePresenceRow>();

    public DbSet<PreAuthKeyRow> PreAuthKeys => Set<PreAuthKeyRow>();

    public DbSet<ApiKeyRow> ApiKeys => Set<ApiKeyRow>();

    public DbSet<PendingLoginRow> PendingLogins => Set<PendingLoginRow>();

    public DbSet<SshCheckRow> SshChecks => Set<SshCheckRow>();

    public DbSet<PolicyRow> Policies => Set<PolicyRow>();

    public DbSet<ChangeRow> Changes => Set<ChangeRow>();

    public DbSet<IdBlockRow> IdBlocks => Set<IdBlockRow>();

    public DbSet<ServerRow> Server => Set<ServerRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => MeshModel.Build(modelBuilder);
}
