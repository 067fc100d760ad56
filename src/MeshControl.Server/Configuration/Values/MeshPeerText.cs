using MeshControl.Derp.Client;

namespace MeshControl.Server.Configuration.Values;

/// <summary>
/// Another relay of a region: <c>name</c>, <c>name:port</c>, or <c>https://name:port</c>; behind a <c>#</c> the hash of its certificate, where
/// nobody has signed that: <c>https://name:port#sha256-raw:…</c>. With <c>http://</c> it is reached without TLS.
/// </summary>
internal static class MeshPeerText
{
    private const string HashPrefix = "sha256-raw:";
    private const int HashDigits = 64;
    private const int HttpPort = 80;

    private const string Remedy =
        "Write it like relay2.example.com, https://relay2.example.com:8443, or https://192.0.2.7#sha256-raw:... with the hash of its certificate.";

    public static Parsed<RelayEndpoint> Parse(string text)
    {
        var parts = text.Split('#', 2);
        if (parts.Length > 1 && !IsHash(parts[1]))
        {
            return Bad(
                $"\"{parts[1]}\" is not the hash of a certificate.",
                $"Behind the # stand {HashPrefix} and {HashDigits} hexadecimal digits, as the other relay prints them at its start.");
        }

        var (address, usesTls) = parts[0] switch
        {
            var url when url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) => (url["https://".Length..], true),
            var url when url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) => (url["http://".Length..], false),
            var name => (name, true),
        };
        address = address.EndsWith("/derp", StringComparison.Ordinal) ? address[..^"/derp".Length] : address.TrimEnd('/');
        if (!usesTls && parts.Length > 1)
        {
            return Bad("There is no certificate without TLS.", "Write https:// in place of http://, or leave out what is behind the #.");
        }

        return ParseHost(address) is var (host, port)
            ? new RelayEndpoint(host, port ?? (usesTls ? RelayEndpoint.DefaultPort : HttpPort))
            {
                UsesTls = usesTls,
                CertName = parts.Length > 1 ? parts[1].ToLowerInvariant() : null,
            }
            : Bad($"\"{text}\" does not name a relay.", Remedy);
    }

    /// <summary>Null when it is none.</summary>
    private static (string Host, int? Port)? ParseHost(string text)
    {
        if (AddressText.TryParse(text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text, out var alone))
        {
            return (alone.ToString(), null);
        }

        var hasPort = EndpointText.TrySplit(text, out var host, out var port) && port > 0;
        host = hasPort ? host : text;
        if (AddressText.TryParse(host, out var address))
        {
            return (address.ToString(), hasPort ? port : null);
        }

        return DomainText.Parse(host) is { Message: null, Value: { } name } ? (name, hasPort ? port : null) : null;
    }

    private static bool IsHash(string text) =>
        text.StartsWith(HashPrefix, StringComparison.OrdinalIgnoreCase)
        && text.Length == HashPrefix.Length + HashDigits
        && text.Skip(HashPrefix.Length).All(char.IsAsciiHexDigit);

    private static Parsed<RelayEndpoint> Bad(string message, string remedy) => Parsed<RelayEndpoint>.Bad(message, remedy);
}
