using System.Net;
using MeshControl.Derp.Client;
using MeshControl.Derp.Map;
using MeshControl.Derp.Stun;
using MeshControl.Protocol.Keys;
using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Derp;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.RelayOnly;

/// <summary>Makes options of flags. All that is wrong is told at once, each with its remedy.</summary>
internal sealed class RelayOnlyParser(ConfigurationSource source)
{
    private const string KeyFileName = "relay_private.key";

    private readonly List<string> _errors = [];

    public IReadOnlyList<string> Errors => _errors;

    /// <returns>Null when there are errors.</returns>
    public RelayOnlyOptions? Parse(RelayOnlyFlags flags)
    {
        var listen = flags.Addresses.Count > 0
            ? [.. flags.Addresses.Select(address => Listen("--addr", address)).OfType<ListenAddress>()]
            : new List<ListenAddress> { new(IPAddress.IPv6Any, RelayEndpoint.DefaultPort) };
        var meshKey = flags.MeshKeyFile is { } file ? ReadMeshKey(file) : null;
        var options = new RelayOnlyOptions
        {
            HostName = HostOf(flags.HostName),
            KeyPath = PathOf(flags.KeyFile) ?? Path.Combine(DefaultPaths.For(source).DataDirectory + "-relay", KeyFileName),
            ListenAddr = listen,
            Tls = new TlsOptions { CertPath = PathOf(flags.CertFile), KeyPath = PathOf(flags.CertKeyFile) },
            StunListenAddr = StunOf(flags, listen),
            HttpListenAddr = Optional(flags.HttpAddress, text => Listen("--http-addr", text)),
            MetricsListenAddr = Optional(flags.MetricsAddress, text => Listen("--metrics-addr", text)),
            MeshKey = meshKey,
            MeshWith = [.. flags.MeshWith.SelectMany(Split).Select(text => Value("--mesh-with", text, MeshPeerText.Parse)).OfType<RelayEndpoint>()],
            VerifyUrl = Optional(flags.VerifyUrl, VerifyUrlOf),
            VerifyFailOpen = flags.VerifyFailOpen,
            RegionId = Number("--region-id", flags.RegionId, RelayOnlyOptions.DefaultRegion, 1, MapRules.MaxRegionId),
            RegionCode = flags.RegionCode,
            RegionName = flags.RegionName,
            NodeName = flags.NodeName,
            MaxConnections = Number("--max-connections", flags.MaxConnections, 16_384, 1, LimitOptions.MaxConnectionsLimit),
            BytesPerSecond = Number("--bytes-per-second", flags.BytesPerSecond, 0, 0, int.MaxValue),
            BurstBytes = Number(
                "--burst-bytes", flags.BurstBytes, 2 * DerpServerOptions.MinBurstBytes, DerpServerOptions.MinBurstBytes, int.MaxValue),
            Log = new LogOptions
            {
                Level = Optional(flags.LogLevel, text => Value("--log-level", text, Kinds.Level.Parse), new LogOptions().Level),
                Format = Optional(flags.LogFormat, text => Value("--log-format", text, Kinds.Format.Parse), new LogOptions().Format),
            },
        };
        CheckTogether(flags, options);
        return _errors.Count == 0 ? options : null;
    }

    private static IEnumerable<string> Split(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static T? Optional<T>(string? text, Func<string, T?> parse, T? otherwise = default) =>
        string.IsNullOrEmpty(text) ? otherwise : parse(text);

    private void CheckTogether(RelayOnlyFlags flags, RelayOnlyOptions options)
    {
        if (options.Tls.CertPath is null != options.Tls.KeyPath is null)
        {
            _errors.Add("--certfile and --keyfile go together: name both, or none to let the relay make a certificate of its own.");
        }

        if (flags.MeshWith.Count > 0 && flags.MeshKeyFile is null)
        {
            _errors.Add("--mesh-with needs the key by which relays know each other: name its file with --mesh-key-file.");
        }

        if (flags.VerifyFailOpen && flags.VerifyUrl is null)
        {
            _errors.Add("--verify-fail-open says what happens while --verify-url is away, and that is missing.");
        }

        if (!flags.Stun && flags.StunAddresses.Count > 0)
        {
            _errors.Add("--stun=false and --stun-addr contradict each other: leave one of them out.");
        }

        if (flags.BurstBytes is not null && options.BytesPerSecond == 0)
        {
            _errors.Add("--burst-bytes has no effect without a rate: write --bytes-per-second, too.");
        }
    }

    private string HostOf(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            _errors.Add("Say by which name or address clients reach the relay: --hostname relay.example.com.");
            return "";
        }

        return Value("--hostname", text, DerpKinds.ParseHost) ?? "";
    }

    /// <summary>On the addresses of the relay, unless others are named.</summary>
    private List<ListenAddress> StunOf(RelayOnlyFlags flags, List<ListenAddress> listen) =>
        !flags.Stun ? []
        : flags.StunAddresses.Count > 0 ? [.. flags.StunAddresses.Select(text => Listen("--stun-addr", text)).OfType<ListenAddress>()]
        : [.. listen.Select(address => new ListenAddress(address.Address, StunListener.DefaultPort)).Distinct()];

    private Uri? VerifyUrlOf(string text)
    {
        var isUrl = Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);
        if (!isUrl || url!.UserInfo.Length > 0)
        {
            _errors.Add(
                $"--verify-url: \"{text}\" is not the URL of a control server. Write it like https://mesh.example.com/verify, with the server's "
                + "secret behind another slash if it has one.");
            return null;
        }

        return url;
    }

    private DerpMeshKey? ReadMeshKey(string file)
    {
        var path = PathOf(file)!;
        try
        {
            if (MeshKeyFile.IsReadableByOthers(path))
            {
                _errors.Add($"--mesh-key-file: {path} is readable by everybody on this machine, who could then be a relay. Run chmod 600 on it.");
                return null;
            }

            if (DerpMeshKey.TryParse(File.ReadAllText(path).Trim(), out var key))
            {
                return key;
            }

            _errors.Add(
                $"--mesh-key-file: {path} does not hold {DerpMeshKey.TextLength} hexadecimal digits, not all of them zero. Make a key with "
                + "\"openssl rand -hex 32\", the same for all relays of the region.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _errors.Add($"--mesh-key-file: {path} cannot be read: {exception.Message} Check the path, and that the relay's user may read it.");
        }

        return null;
    }

    private ListenAddress? Listen(string flag, string text) => Value(flag, text, ListenText.ParseWithoutScheme);

    private int Number(string flag, string? text, int otherwise, int min, int max) =>
        string.IsNullOrEmpty(text) ? otherwise : Value(flag, text, Kinds.Integer(min, max).Parse);

    private T? Value<T>(string flag, string text, Func<string, Parsed<T>> parse)
    {
        var parsed = parse(text);
        if (parsed.Message is not null)
        {
            _errors.Add($"{flag}: {parsed.Message} {parsed.Remedy}");
        }

        return parsed.Value;
    }

    private string? PathOf(string? text) => string.IsNullOrEmpty(text) ? null : Path.GetFullPath(text, source.WorkingDirectory);
}
