namespace MeshControl.Server;

/// <summary>How a relay of the map looks from the machine that asks. Times are null where there was no answer, or nothing to ask.</summary>
/// <param name="Region">Its number.</param>
/// <param name="Node">Its name.</param>
/// <param name="IsUsable">Whether clients can use it.</param>
public sealed record RelayReport(int Region, string Node, bool IsUsable)
{
    /// <summary>For TCP and TLS.</summary>
    public TimeSpan? Connect { get; init; }

    /// <summary>For a small request over HTTPS.</summary>
    public TimeSpan? Https { get; init; }

    public TimeSpan? StunV4 { get; init; }

    public TimeSpan? StunV6 { get; init; }

    public DateTimeOffset? CertificateEnd { get; init; }

    /// <summary>64 hexadecimal digits; null where the relay does not tell it.</summary>
    public string? Key { get; init; }

    /// <summary>Whether it answers on port 80; null: it need not.</summary>
    public bool? Port80 { get; init; }

    /// <summary>Why clients cannot use it, each with what to do about it.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];

    /// <summary>What else should be mended.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
