namespace MeshControl.Protocol.Control;

/// <summary>Capabilities that the sources of a <see cref="FilterRule"/> hold on destinations.</summary>
public sealed record CapGrant
{
    public WireList<IpPrefix>? Dsts { get; init; }

    /// <summary>Old form of <see cref="CapMap"/>.</summary>
    public WireList<string>? Caps { get; init; }

    /// <summary>Name to values; null is presence alone.</summary>
    public WireMap<string, WireList<RawJson>?>? CapMap { get; init; }
}
