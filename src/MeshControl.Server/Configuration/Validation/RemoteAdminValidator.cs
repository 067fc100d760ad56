using System.Net;
using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Configuration.Validation;

/// <summary>Administration over the network: API keys must not cross it in the clear unless somebody said so.</summary>
internal static class RemoteAdminValidator
{
    public static void Check(ServerOptions options, LoadContext context)
    {
        if (options.Grpc.ListenAddr is not { } listen
            || !context.AreSound(KeyNames.GrpcListenAddr, KeyNames.GrpcAllowInsecure, KeyNames.TlsCertPath, KeyNames.TlsKeyPath))
        {
            return;
        }

        if (!options.Tls.IsEnabled && !IPAddress.IsLoopback(listen.Address))
        {
            CheckPlain(options, context, listen);
        }

        if (listen.Port != 0 && options.ListenAddr.Any(taken => taken.Port == listen.Port && taken.Address.Equals(listen.Address)))
        {
            context.Error(
                KeyNames.GrpcListenAddr,
                $"{listen} is an address of {KeyNames.ListenAddr}, too.",
                "Choose another port, such as 50443; a reverse proxy can bring both together.");
        }
    }

    private static void CheckPlain(ServerOptions options, LoadContext context, ListenAddress listen)
    {
        if (options.Grpc.AllowInsecure)
        {
            context.Warn(
                KeyNames.GrpcAllowInsecure,
                $"API keys reach {listen} in the clear, and whoever reads one may do everything.",
                $"Set {KeyNames.TlsCertPath} and {KeyNames.TlsKeyPath}, or listen on 127.0.0.1 behind a reverse proxy.");
        }
        else
        {
            context.Error(
                KeyNames.GrpcListenAddr,
                $"API keys would reach {listen} in the clear, because there is no certificate.",
                $"Set {KeyNames.TlsCertPath} and {KeyNames.TlsKeyPath}, listen on 127.0.0.1 behind a reverse proxy, or set "
                    + $"{KeyNames.GrpcAllowInsecure} to true.");
        }
    }
}
