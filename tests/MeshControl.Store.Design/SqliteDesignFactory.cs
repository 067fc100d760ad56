using MeshControl.Store.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace MeshControl.Store.Design;

/// <summary>A context to compare the model with; its database is never opened.</summary>
internal sealed class SqliteDesignFactory : IDesignTimeDbContextFactory<SqliteMeshDbContext>
{
    public SqliteMeshDbContext CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteMeshDbContext>().UseSqlite("Data Source=unused.sqlite").Options);
}
