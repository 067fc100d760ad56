namespace MeshControl.Protocol.Control;

/// <summary>The TPM of a host.</summary>
public sealed record TpmInfo
{
    public string? Manufacturer { get; init; }

    public string? Vendor { get; init; }

    public int Model { get; init; }

    public ulong FirmwareVersion { get; init; }

    public int SpecRevision { get; init; }

    public string? FamilyIndicator { get; init; }
}
