using System.Diagnostics.CodeAnalysis;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Configuration;

/// <summary>What came out of loading: either options or at least one error, and in both cases everything else worth telling.</summary>
public sealed record ConfigurationResult
{
    /// <summary>Null exactly when there are errors.</summary>
    public ServerOptions? Options { get; init; }

    /// <summary>What could be read, with defaults in place of what was wrong, for checks that look further; null when nothing could.</summary>
    internal ServerOptions? Readable { get; init; }

    /// <summary>The absolute path of the file that was read; null when there was none and the defaults apply.</summary>
    public string? File { get; init; }

    /// <summary>All of them, in the order of the file; the server must not start.</summary>
    public IReadOnlyList<ConfigurationProblem> Errors { get; init; } = [];

    public IReadOnlyList<ConfigurationProblem> Warnings { get; init; } = [];

    public IReadOnlyList<IgnoredKey> IgnoredKeys { get; init; } = [];

    [MemberNotNullWhen(true, nameof(Options))]
    public bool Succeeded => Options is not null;

    /// <summary>All that does not keep the server from running and that its operator should know.</summary>
    public IEnumerable<string> Notices() => Warnings.Select(warning => warning.ToString()).Concat(DescribeIgnoredKeys());

    /// <summary>The ignored keys as sentences, those with a common reason together: a section costs one line in the log, not ten.</summary>
    public IEnumerable<string> DescribeIgnoredKeys() =>
        from ignored in IgnoredKeys
        group ignored.Key by ignored.Reason into reason
        select $"{string.Join(", ", reason)}: no effect. {reason.Key}";
}
