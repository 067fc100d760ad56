using MeshControl.Protocol.Control;

namespace MeshControl.Core.SshChecks;

/// <summary>What a destination is told of a login. One of the first three is set; none: ask again a little later.</summary>
public sealed record SshAnswer
{
    /// <summary>With what the session begins.</summary>
    public SshAction? Accept { get; init; }

    /// <summary>Why it does not: one sentence for whom it concerns.</summary>
    public string? Reject { get; init; }

    /// <summary>What has to be approved first.</summary>
    public SshCheck? Check { get; init; }

    internal static SshAnswer NotNow { get; } = new();
}
