namespace MeshControl.Server.Configuration.Options;

public sealed record NoiseOptions
{
    /// <summary>The server's machine key; made on the first start.</summary>
    public required string PrivateKeyPath { get; init; }
}
