using System.Net;
using MeshControl.Derp.Map;
using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Configuration.Validation;

/// <summary>The server's own relay.</summary>
internal static class DerpServerValidator
{
    /// <summary>Nothing slows those down who try secrets; sixteen letters and digits are more than anybody can try.</summary>
    private const int MinSecretLength = 16;

    private const int MeshKeyDigits = 64;

    public static void Check(ServerOptions options, LoadContext context)
    {
        CheckVerification(options.Derp.Verify, context);
        var server = options.Derp.Server;
        if (!server.Enabled)
        {
            return;
        }

        CheckFiles(options, context);
        CheckName(options, context);
        CheckListeners(options, context);
        CheckMesh(server, context);
        if (server is { Ipv4: RelayText.NoAddress, Ipv6: RelayText.NoAddress })
        {
            context.Error(
                KeyNames.DerpServerIpv6,
                "The relay would have no address at all.",
                $"Leave {KeyNames.DerpServerIpv4} or {KeyNames.DerpServerIpv6} out: clients then look the name up.");
        }

        if (server.BytesPerSecond == 0 && context.IsSet(KeyNames.DerpBurst) && context.AreSound(KeyNames.DerpRate, KeyNames.DerpBurst))
        {
            context.Warn(KeyNames.DerpBurst, "It has no effect without a rate.", $"Write {KeyNames.DerpRate}, too.");
        }
    }

    private static void CheckFiles(ServerOptions options, LoadContext context)
    {
        if (options.Derp.Server.PrivateKeyPath == options.Noise.PrivateKeyPath && context.AreSound(KeyNames.DerpServerKey, KeyNames.NoiseKey))
        {
            context.Error(
                context.IsSet(KeyNames.DerpServerKey) ? KeyNames.DerpServerKey : KeyNames.NoiseKey,
                $"The relay's key and the server's would be one: {options.Noise.PrivateKeyPath}.",
                $"Name another file in {KeyNames.DerpServerKey}; it is made on the first start.");
        }
    }

    private static void CheckName(ServerOptions options, LoadContext context)
    {
        var (host, domain) = (options.Derp.Server.HostName, options.Dns.BaseDomain);
        if ((host == domain || host.EndsWith('.' + domain, StringComparison.Ordinal))
            && context.AreSound(KeyNames.BaseDomain, KeyNames.DerpServerHostName))
        {
            context.Error(
                KeyNames.DerpServerHostName,
                $"The relay's name {host} lies in the base domain {domain}. Clients answer names of that domain themselves and would lose the "
                    + "relay.",
                $"Choose a name elsewhere, or another {KeyNames.BaseDomain}.");
        }
    }

    private static void CheckListeners(ServerOptions options, LoadContext context)
    {
        var server = options.Derp.Server;
        if (!context.AreSound(KeyNames.StunListenAddr, KeyNames.DerpServerHttp, KeyNames.ListenAddr))
        {
            return;
        }

        if (server.StunListenAddr.Count > DerpServerOptions.MaxStunAddresses)
        {
            context.Error(
                KeyNames.StunListenAddr,
                $"There are more than {DerpServerOptions.MaxStunAddresses} addresses.",
                "Keep those by which clients reach the relay.");
        }

        var twice = server.StunListenAddr.Where(listen => listen.Port != 0).GroupBy(listen => listen).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null)
        {
            context.Error(KeyNames.StunListenAddr, $"{twice.Key} is listed twice.", "Keep one of them.");
        }

        if (server.StunListenAddr.Select(listen => listen.Port).Distinct().Count() > 1)
        {
            context.Error(
                KeyNames.StunListenAddr,
                "The addresses have different ports, and clients are told of one.",
                "Write the same port behind each address.");
        }

        if (server.HttpListenAddr is { Port: not 0 } http
            && options.ListenAddr.Any(listen => listen.Port == http.Port && Overlap(listen.Address, http.Address)))
        {
            context.Error(
                KeyNames.DerpServerHttp,
                $"{http} is an address of {KeyNames.ListenAddr}, too.",
                $"Leave it out if that is without TLS: it answers the same; else choose another port, usually 80.");
        }
    }

    private static bool Overlap(IPAddress left, IPAddress right) =>
        left.Equals(right) || left.Equals(IPAddress.IPv6Any) || right.Equals(IPAddress.IPv6Any);

    private static void CheckMesh(DerpServerOptions server, LoadContext context)
    {
        if (!context.AreSound(KeyNames.DerpMeshKey, KeyNames.DerpMeshWith))
        {
            return;
        }

        if (server.MeshKey?.Reveal() is { } key
            && (key.Length != MeshKeyDigits || !key.All(char.IsAsciiHexDigit) || key.All(digit => digit == '0')))
        {
            context.Error(
                KeyNames.DerpMeshKey,
                $"The file does not hold {MeshKeyDigits} hexadecimal digits, not all of them zero.",
                "Make a key with \"openssl rand -hex 32\", the same for all relays of the region.");
        }

        if (server.MeshWith.Count > 0 && server.MeshKey is null)
        {
            context.Error(
                KeyNames.DerpMeshWith,
                "Without a key no other relay of the region takes this one for what it is.",
                $"Name the file with the relays' common key in {KeyNames.DerpMeshKey}.");
        }
    }

    /// <summary>It is a part of a path.</summary>
    private static void CheckVerification(DerpVerifyOptions verify, LoadContext context)
    {
        if (verify.Secret?.Reveal() is { Length: < MinSecretLength })
        {
            context.Error(
                KeyNames.DerpVerifySecret,
                $"The secret has less than {MinSecretLength} characters: whoever tries can find it.",
                "Make one with \"openssl rand -hex 16\".");
        }
        else if (verify.Secret?.Reveal() is { } secret && !secret.All(digit => char.IsAsciiLetterOrDigit(digit) || digit is '-' or '_'))
        {
            context.Error(
                KeyNames.DerpVerifySecret,
                "The secret is a part of a URL and holds something other than letters, digits, hyphens and underscores.",
                "Make one with \"openssl rand -hex 16\".");
        }
    }
}
