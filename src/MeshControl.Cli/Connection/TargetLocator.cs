using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MeshControl.Admin;
using MeshControl.Admin.Grpc;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Hosting;
using MeshControl.Cli.Input;

namespace MeshControl.Cli.Connection;

/// <summary>
/// Finds the server: flags count before variables, and these before the configuration file. Where one of them names both a socket and an
/// address, the address counts.
/// </summary>
internal static class TargetLocator
{
    /// <summary>For one request to the server; long enough for a machine under load.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <param name="host">Its environment and directories.</param>
    /// <param name="flags">Of the command line.</param>
    /// <param name="target">Null when there is an error.</param>
    public static CliError? Find(CliHost host, ConnectionFlags flags, out ServerTarget? target)
    {
        target = null;
        if (flags is { Socket: not null, Address: not null })
        {
            return CliError.Usage("--socket and --address name two servers; keep one of them.");
        }

        var address = flags.Address ?? (flags.Socket is null ? Variable(host, ConnectionVariables.Address) : null);
        var socket = address is null ? flags.Socket ?? Variable(host, AdminDefaults.UnixSocketVariable) : null;

        // Who names the socket need not have a file in order.
        var values = ConfigValues.None;
        if (socket is null && ConfigFile.Find(host, flags.Config, out values) is { } unreadable)
        {
            return unreadable;
        }

        if (ReadTimeout(host, flags, values, out var timeout) is { } error)
        {
            return error;
        }

        if (socket is null && (address ?? values.Address) is { } remote)
        {
            return FindRemote(host, flags, values, remote, timeout, out target);
        }

        // Whoever names a key means another server than the one on this machine's socket.
        if ((flags.ApiKey ?? flags.ApiKeyFile) is not null)
        {
            return CliError.Usage(
                "--api-key and --api-key-file are for a server with an address, and this one would be reached by its socket: name the server "
                + $"with --address or {ConnectionVariables.Address}, or leave the key out.");
        }

        error = SocketLocator.Find(host, socket ?? values.UnixSocket, out var path);
        target = error is null ? new SocketTarget(path, new RpcCallOptions { Timeout = timeout }) : null;
        return error;
    }

    private static CliError? FindRemote(
        CliHost host, ConnectionFlags flags, ConfigValues values, string address, TimeSpan timeout, out ServerTarget? target)
    {
        target = null;
        if (!ServerAddress.TryParse(address, out var uri))
        {
            return CliError.Usage($"\"{address}\" is not the address of a server; write it like mesh.example.com:50443.");
        }

        if (ReadKey(host, flags, values, uri, out var key) is { } keyError)
        {
            return keyError;
        }

        if (!TryReadInsecure(host, flags, values, out var insecure))
        {
            return CliError.Usage($"{ConnectionVariables.Insecure} (cli.insecure) is neither true nor false.");
        }

        if (ReadAuthorities(host, flags, values, out var authorities) is { } caError)
        {
            return caError;
        }

        var metadata = new RpcMetadata { { "authorization", $"Bearer {key}" } };
        target = new RemoteTarget(
            uri, new CertificateCheck(insecure, authorities), new RpcCallOptions { Timeout = timeout, Metadata = metadata });
        return null;
    }

    private static CliError? ReadTimeout(CliHost host, ConnectionFlags flags, ConfigValues values, out TimeSpan timeout)
    {
        timeout = flags.Timeout ?? DefaultTimeout;
        if (flags.Timeout is not null || (Variable(host, ConnectionVariables.Timeout) ?? values.Timeout) is not { } text)
        {
            return null;
        }

        return DurationText.TryParse(text, out timeout) && timeout > TimeSpan.Zero
            ? null
            : CliError.Usage($"\"{text}\" ({ConnectionVariables.Timeout}, cli.timeout) is not a time to wait; write it like 30s.");
    }

    /// <summary>Of each place the key itself or the file that holds it.</summary>
    private static CliError? ReadKey(CliHost host, ConnectionFlags flags, ConfigValues values, Uri server, out string key)
    {
        key = "";
        (string? Key, string? Path, string Names)[] places =
        [
            (flags.ApiKey, flags.ApiKeyFile, "--api-key and --api-key-file"),
            (Variable(host, ConnectionVariables.ApiKey), Variable(host, ConnectionVariables.ApiKeyPath),
                $"{ConnectionVariables.ApiKey} and {ConnectionVariables.ApiKeyPath}"),
            (values.ApiKey, values.ApiKeyPath, "cli.api_key and cli.api_key_path"),
        ];
        var (text, path, names) = places.FirstOrDefault(place => (place.Key ?? place.Path) is not null);
        if (text is not null && path is not null)
        {
            return CliError.Usage($"{names} are both set; keep one of them.");
        }

        if (path is not null && ReadFile(host, path, "API key", "--api-key-file", out text) is { } unreadable)
        {
            return unreadable;
        }

        if (text is null)
        {
            return CliError.Usage(
                $"An API key is needed for {server.GetLeftPart(UriPartial.Authority)}: set {ConnectionVariables.ApiKey}, or name a file with "
                + "--api-key-file; `meshctl apikeys create` on the server makes one.");
        }

        key = text.Trim();
        return key.Length == 0 || key.AsSpan().ContainsAnyExceptInRange('!', '~')
            ? CliError.Usage("The API key is empty or holds characters that no key has; copy it again.")
            : null;
    }

    private static bool TryReadInsecure(CliHost host, ConnectionFlags flags, ConfigValues values, out bool insecure)
    {
        insecure = flags.Insecure;
        switch (insecure ? "true" : (Variable(host, ConnectionVariables.Insecure) ?? values.Insecure ?? "false").ToUpperInvariant())
        {
            case "TRUE" or "T" or "1" or "true":
                insecure = true;
                return true;
            case "FALSE" or "F" or "0":
                return true;
            default:
                return false;
        }
    }

    private static CliError? ReadAuthorities(
        CliHost host, ConnectionFlags flags, ConfigValues values, out X509Certificate2Collection? authorities)
    {
        authorities = null;
        if ((flags.CaFile ?? Variable(host, ConnectionVariables.CaFile) ?? values.CaFile) is not { } path)
        {
            return null;
        }

        if (ReadFile(host, path, "authority", "--ca-file", out var pem) is { } unreadable)
        {
            return unreadable;
        }

        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPem(pem);
            authorities = found;
            return found.Count > 0 ? null : CliError.Usage($"The file {path} (--ca-file) holds no certificate in the PEM format.");
        }
        catch (CryptographicException exception)
        {
            return CliError.Usage($"The certificates in {path} (--ca-file) cannot be used: {exception.Message}");
        }
    }

    private static CliError? ReadFile(CliHost host, string path, string what, string flag, [NotNull] out string? text)
    {
        var file = Path.GetFullPath(path, host.WorkingDirectory);
        text = "";
        try
        {
            text = File.ReadAllText(file);
            return null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return CliError.Usage($"There is no file {file} with the {what} ({flag}).");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new CliError(ExitCodes.NotAllowed, $"The file {file} with the {what} ({flag}) cannot be read: {exception.Message}");
        }
    }

    private static string? Variable(CliHost host, string name) => host.Variable(name) is { Length: > 0 } value ? value : null;
}
