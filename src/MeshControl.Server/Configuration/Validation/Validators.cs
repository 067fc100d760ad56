using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Configuration.Validation;

/// <summary>The rules that concern more than the form of a single value, one class per section; all of them always run.</summary>
internal static class Validators
{
    private static readonly Action<ServerOptions, LoadContext>[] All =
    [
        TransportValidator.Check,
        RemoteAdminValidator.Check,
        DatabaseValidator.Check,
        PrefixValidator.Check,
        DerpValidator.Check,
        NodeValidator.Check,
        PolicyValidator.Check,
        DnsValidator.Check,
        LimitValidator.Check,
        DerpServerValidator.Check,
    ];

    public static void Check(ServerOptions options, LoadContext context)
    {
        foreach (var check in All)
        {
            check(options, context);
        }
    }
}
