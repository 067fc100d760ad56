using System.Globalization;
using System.Net;
using MeshControl.Core.Policies;
using MeshControl.Policy.Approval;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Text;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Configuration.Values;

/// <summary>All kinds of values the keys use.</summary>
internal static class Kinds
{
    /// <summary>A day: an idle connection kept for longer is one that was forgotten.</summary>
    private const int MaxSeconds = 24 * 60 * 60;

    public static readonly ScalarKind<bool> Boolean = new("true or false", ParseBoolean, value => value ? "true" : "false");

    public static readonly ScalarKind<string> Text = new("a text", text => text, Quote);

    /// <summary>Empty text means no secret.</summary>
    public static readonly ScalarKind<Secret?> SecretText = new(
        "a secret", text => text.Length == 0 ? null : new Secret(text), _ => "\"\"");

    /// <summary>The value is the content of the file, without the line end that editors and shells put behind it.</summary>
    public static readonly ScalarKind<Secret?> SecretFile = new("the path of a file that holds the secret", SecretFiles.Read, _ => "\"\"");

    public static readonly ScalarKind<string> RequiredPath = new(
        "a path",
        (text, context) => text.Length > 0
            ? context.ResolvePath(text)
            : Parsed<string>.Bad("The path is empty.", "Write a path, or remove the line to get the default."),
        path => path);

    /// <summary>Empty text means none.</summary>
    public static readonly ScalarKind<string?> OptionalPath = new(
        "a path", (text, context) => text.Length > 0 ? context.ResolvePath(text) : null, path => path ?? "\"\"");

    public static readonly ListKind<string> Paths = new("a list of paths", RequiredPath);

    public static readonly ScalarKind<int> Port = Integer(1, ushort.MaxValue);

    public static readonly ScalarKind<Uri> ServerUrl = new("a URL", UrlText.ParseServerUrl, url => url.GetLeftPart(UriPartial.Authority));

    public static readonly OneOrMoreKind<ListenAddress> Listen = new(
        "an address and a port, or a list of these", new("an address and a port", ListenText.Parse, listen => listen.ToString()));

    /// <summary>Empty means not to listen.</summary>
    public static readonly NoneOrMoreKind<ListenAddress> OptionalListens = new(
        "an address and a port, or a list of these",
        new("an address and a port", ListenText.ParseWithoutScheme, listen => listen.ToString()));

    public static readonly ListKind<string> MeshPeers = new(
        "a list of relays", new("a relay", text => MeshPeerText.Parse(text).Then(_ => text), relay => relay));

    /// <summary>Empty text means not to listen.</summary>
    public static readonly ScalarKind<ListenAddress?> OptionalListen = new(
        "an address and a port",
        text => text.Length == 0 ? (ListenAddress?)null : ListenText.ParseWithoutScheme(text).Then(listen => (ListenAddress?)listen),
        listen => listen?.ToString() ?? "\"\"");

    public static readonly ScalarKind<IPNetwork?> PrefixV4 = new("an IPv4 prefix", text => PrefixText.Parse(text, false), FormatPrefix);

    public static readonly ScalarKind<IPNetwork?> PrefixV6 = new("an IPv6 prefix", text => PrefixText.Parse(text, true), FormatPrefix);

    public static readonly ListKind<IPNetwork> ProxyNetworks = new(
        "a list of prefixes",
        new("a prefix", text => PrefixText.ParseSources(text, "proxies", "could then claim any address"), prefix => prefix.ToString()));

    public static readonly ListKind<IPNetwork> RelayNetworks = new(
        "a list of prefixes",
        new("a prefix", text => PrefixText.ParseSources(text, "relays", "is what an empty list means"), prefix => prefix.ToString()));

    public static readonly ScalarKind<TimeSpan> Duration = new("a duration such as 30m", DurationText.Parse, DurationText.Format);

    /// <summary>0 means never.</summary>
    public static readonly ScalarKind<TimeSpan?> DurationOrNever = new(
        "a duration such as 90d, or 0 for never",
        text => DurationText.Parse(text).Then(span => span > TimeSpan.Zero ? span : (TimeSpan?)null),
        span => DurationText.Format(span ?? TimeSpan.Zero));

    public static readonly ScalarKind<TimeSpan> WholeSeconds = new(
        "a number of seconds",
        text => ParseInteger(text, 0, MaxSeconds).Then(seconds => TimeSpan.FromSeconds(seconds)),
        span => span.TotalSeconds.ToString(CultureInfo.InvariantCulture));

    public static readonly ScalarKind<UnixFileMode> FileMode = new("a file mode such as \"0770\"", FileModeText.Parse, FileModeText.Format);

    /// <summary>Empty text means the default.</summary>
    public static readonly ScalarKind<string> BaseDomain = new(
        "a domain name", text => text.Length == 0 ? DnsOptions.DefaultBaseDomain : DomainText.Parse(text), domain => domain);

    public static readonly ScalarKind<string> Domain = new("a domain name", DomainText.Parse, domain => domain);

    public static readonly ListKind<string> Domains = new("a list of domain names", Domain);

    public static readonly ListKind<string> Devices = new(
        "a list of users, groups, tags and roles",
        new("a user, group, tag or role", text => ApprovedDevices.Check(text) is { } problem
            ? Parsed<string>.Bad($"{problem}.", "Write one such as alice@example.com, group:it, tag:server or autogroup:admin.")
            : text, Quote));

    public static readonly ScalarKind<string> Nameserver = new("a nameserver", NameserverText.Parse, Quote);

    public static readonly ListKind<string> Nameservers = new("a list of nameservers", Nameserver);

    public static readonly SplitDnsKind SplitDns = new();

    public static readonly ExtraRecordsKind ExtraRecords = new();

    public static readonly ScalarKind<PrefixAllocation> Allocation = Word(
        ("sequential", PrefixAllocation.Sequential), ("random", PrefixAllocation.Random));

    public static readonly ScalarKind<DatabaseType> Database = Word(
        ("sqlite", DatabaseType.Sqlite), ("postgres", DatabaseType.Postgres), ("sqlite3", DatabaseType.Sqlite));

    public static readonly ScalarKind<PolicyMode> PolicyMode = Word(
        ("database", Core.Policies.PolicyMode.Database), ("file", Core.Policies.PolicyMode.File));

    public static readonly ScalarKind<PostgresSslMode> SslMode = Word(
        ("disable", PostgresSslMode.Disable),
        ("allow", PostgresSslMode.Allow),
        ("prefer", PostgresSslMode.Prefer),
        ("require", PostgresSslMode.Require),
        ("verify-ca", PostgresSslMode.VerifyCA),
        ("verify-full", PostgresSslMode.VerifyFull),
        ("false", PostgresSslMode.Disable),
        ("true", PostgresSslMode.Require));

    public static readonly ScalarKind<LogLevel> Level = Word(
        ("trace", LogLevel.Trace),
        ("debug", LogLevel.Debug),
        ("info", LogLevel.Information),
        ("warn", LogLevel.Warning),
        ("error", LogLevel.Error),
        ("fatal", LogLevel.Critical),
        ("disabled", LogLevel.None),
        ("warning", LogLevel.Warning),
        ("panic", LogLevel.Critical));

    public static readonly LogLevelsKind Levels = new();

    public static readonly ScalarKind<LogFormat> Format = Word(("text", LogFormat.Text), ("json", LogFormat.Json));

    public static ScalarKind<int> Integer(int min, int max) => new(
        "a whole number", text => ParseInteger(text, min, max), value => value.ToString(CultureInfo.InvariantCulture));

    /// <summary>A value named by a word; the first word of a value is the one that is written.</summary>
    private static ScalarKind<T> Word<T>(params (string Word, T Value)[] words)
        where T : struct, Enum
    {
        var all = string.Join(", ", words.Select(word => word.Word));
        return new ScalarKind<T>($"one of {all}", Parse, value => words.First(word => word.Value.Equals(value)).Word);

        Parsed<T> Parse(string text)
        {
            foreach (var (word, value) in words)
            {
                if (word.Equals(text, StringComparison.OrdinalIgnoreCase))
                {
                    return value;
                }
            }

            var nearest = EditDistance.Nearest(text, words.Select(word => word.Word));
            return Parsed<T>.Bad(
                $"\"{text}\" is none of {all}.", nearest is null ? "Write one of these words." : $"Did you mean {nearest}?");
        }
    }

    /// <summary>Also the short forms that Go programs take, since they are in use in environment variables.</summary>
    private static Parsed<bool> ParseBoolean(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "T" or "1" => true,
        "FALSE" or "F" or "0" => false,
        "YES" or "ON" => Parsed<bool>.Bad($"\"{text}\" is neither true nor false.", "Write true."),
        "NO" or "OFF" => Parsed<bool>.Bad($"\"{text}\" is neither true nor false.", "Write false."),
        _ => Parsed<bool>.Bad($"\"{text}\" is neither true nor false.", "Write true or false."),
    };

    private static Parsed<int> ParseInteger(string text, int min, int max) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max
            ? value
            : Parsed<int>.Bad(
                $"\"{text}\" is not a whole number from {min.ToString(CultureInfo.InvariantCulture)} to "
                    + $"{max.ToString(CultureInfo.InvariantCulture)}.",
                "Write digits only.");

    private static string FormatPrefix(IPNetwork? prefix) => prefix?.ToString() ?? "\"\"";

    private static string Quote(string text) => text.Length == 0 || text.Contains(':', StringComparison.Ordinal) ? $"\"{text}\"" : text;
}
