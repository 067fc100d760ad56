namespace MeshControl.Server.Configuration.Keys;

/// <summary>
/// Every key there is. Binding, the environment, suggestions and the check of example file and documentation all go by this table;
/// a key that is not in it does not exist.
/// </summary>
internal static class KeyTable
{
    /// <summary>In the order of the documentation.</summary>
    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        .. ServerKeys.All,
        .. AdminKeys.All,
        .. DatabaseKeys.All,
        .. NetworkKeys.All,
        .. DerpServerKeys.All,
        .. PolicyKeys.All,
        .. DnsKeys.All,
        .. LimitKeys.All,
        .. UnusedKeys.All,
        .. RemovedKeys.All,
    ];
}
