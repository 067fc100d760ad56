namespace MeshControl.Store;

/// <summary>Which database to open; one of <see cref="SqliteStoreOptions"/> and <see cref="PostgresStoreOptions"/>.</summary>
public abstract class StoreOptions
{
    private protected StoreOptions()
    {
    }
}
