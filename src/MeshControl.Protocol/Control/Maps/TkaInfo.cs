namespace MeshControl.Protocol.Control;

/// <summary>Head of the Tailnet Lock chain. The first message of a stream without one means that the lock is off.</summary>
public sealed record TkaInfo
{
    public string? Head { get; init; }

    public bool Disabled { get; init; }
}
