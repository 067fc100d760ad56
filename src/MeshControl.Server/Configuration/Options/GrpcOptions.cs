namespace MeshControl.Server.Configuration.Options;

/// <summary>Administration over the network.</summary>
public sealed record GrpcOptions
{
    /// <summary>Null: nobody administers over the network.</summary>
    public ListenAddress? ListenAddr { get; init; }

    /// <summary>Whether it may be without TLS on an address that others reach.</summary>
    public bool AllowInsecure { get; init; }
}
