using Microsoft.EntityFrameworkCore.Diagnostics;

namespace MeshControl.Store.Databases;

/// <summary>What tests put between the store and its database: errors at a chosen moment, and migrations that are not ours.</summary>
internal sealed record StoreSeams
{
    public static readonly StoreSeams None = new();

    public IReadOnlyList<IInterceptor> Interceptors { get; init; } = [];

    public string MigrationsAssembly { get; init; } = typeof(StoreSeams).Assembly.GetName().Name!;
}
