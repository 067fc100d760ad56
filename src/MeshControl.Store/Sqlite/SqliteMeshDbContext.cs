using Microsoft.EntityFrameworkCore;

namespace MeshControl.Store.Sqlite;

/// <summary>The model on SQLite, with migrations of its own.</summary>
internal sealed class SqliteMeshDbContext(DbContextOptions<SqliteMeshDbContext> options) : MeshDbContext(options);
