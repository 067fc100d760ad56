using MeshControl.Store.Postgres;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace MeshControl.Store.Design;

/// <summary>A context to compare the model with; its database is never opened.</summary>
internal sealed class PostgresDesignFactory : IDesignTimeDbContextFactory<PostgresMeshDbContext>
{
    public PostgresMeshDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresMeshDbContext>().UseNpgsql("Host=unused").Options);
}
