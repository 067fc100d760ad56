using MeshControl.Core.Policies;

namespace MeshControl.Server.Configuration.Options;

/// <summary>Where the policy comes from, and what it may speak of.</summary>
public sealed record PolicyOptions
{
    public PolicyMode Mode { get; init; } = PolicyMode.Database;

    /// <summary>The file, if the mode says so; null there: there is no policy, and everything is allowed.</summary>
    public string? Path { get; init; }

    /// <summary>E-mail domains of which policies may name all users; empty: any.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [];
}
