using Microsoft.EntityFrameworkCore;

namespace MeshControl.Store.Postgres;

/// <summary>The model on PostgreSQL, with migrations of its own.</summary>
internal sealed class PostgresMeshDbContext(DbContextOptions<PostgresMeshDbContext> options) : MeshDbContext(options);
