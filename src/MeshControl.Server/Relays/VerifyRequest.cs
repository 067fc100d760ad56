namespace MeshControl.Server.Relays;

/// <summary>What a relay asks before it lets a client in. Where the client is, it tells too; that decides nothing here.</summary>
internal sealed record VerifyRequest(string? NodePublic);
