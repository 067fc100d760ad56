namespace MeshControl.Protocol.Control;

/// <summary>Where a host is, in degrees; servers set it on exit nodes.</summary>
public sealed record Location
{
    public string? Country { get; init; }

    public string? CountryCode { get; init; }

    public string? City { get; init; }

    public string? CityCode { get; init; }

    public double Latitude { get; init; }

    public double Longitude { get; init; }

    public int Priority { get; init; }
}
