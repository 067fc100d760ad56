using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Keys;

/// <summary>
/// Administration over the network: the server's side and that of <c>meshctl</c>, which needs no restart of a server that has no use for it.
/// </summary>
internal static class AdminKeys
{
    private static readonly KeySection<GrpcOptions> Grpc = new(o => o.Grpc, (o, value) => o with { Grpc = value });
    private static readonly KeySection<CliOptions> Cli = new(o => o.Cli, (o, value) => o with { Cli = value });

    public static IReadOnlyList<ConfigurationKey> All { get; } =
    [
        Grpc.Key(
            KeyNames.GrpcListenAddr,
            Kinds.OptionalListen,
            o => o.ListenAddr,
            (o, value) => o with { ListenAddr = value },
            "Where the server takes calls of administrators from the network, who need an API key; empty is nowhere. With TLS whenever there is "
                + "a certificate; customary is `:50443`."),
        Grpc.Key(
            KeyNames.GrpcAllowInsecure,
            Kinds.Boolean,
            o => o.AllowInsecure,
            (o, value) => o with { AllowInsecure = value },
            "Whether `grpc_listen_addr` may be an address that others reach although there is no certificate. API keys are then sent in the "
                + "clear."),
        Cli.Key(
            "cli.address",
            Kinds.Text,
            o => o.Address,
            (o, value) => o with { Address = value },
            "The server that `meshctl` administers over the network, such as `mesh.example.com:50443`; empty is the Unix socket.",
            reloadable: true),
        Cli.Key(
            KeyNames.CliApiKey,
            Kinds.SecretText,
            o => o.ApiKey,
            (o, value) => o with { ApiKey = value },
            "The API key for it. Better in a file of its own: `cli.api_key_path`.",
            reloadable: true),
        Cli.Key(
            "cli.api_key_path",
            Kinds.OptionalPath,
            o => o.ApiKeyPath,
            (o, value) => o with { ApiKeyPath = value },
            "A file that holds the API key.",
            KeyNames.CliApiKey,
            reloadable: true),
        Cli.Key(
            "cli.timeout",
            Kinds.Duration,
            o => o.Timeout,
            (o, value) => o with { Timeout = value },
            "How long `meshctl` waits for an answer.",
            reloadable: true),
        Cli.Key(
            "cli.ca_file",
            Kinds.OptionalPath,
            o => o.CaFile,
            (o, value) => o with { CaFile = value },
            "PEM file with the authority that signed the server's certificate, in place of those that the system trusts.",
            reloadable: true),
        Cli.Key(
            "cli.insecure",
            Kinds.Boolean,
            o => o.Insecure,
            (o, value) => o with { Insecure = value },
            "Whether `meshctl` takes any certificate. Whoever is in between can then read the API key.",
            reloadable: true),
    ];
}
