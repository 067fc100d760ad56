using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Control;

/// <summary><c>POST /machine/audit-log</c>: something the user of a managed client did.</summary>
public sealed record AuditLogRequest : IControlMessage
{
    public int Version { get; init; }

    public NodePublicKey NodeKey { get; init; }

    /// <summary>Such as <c>DISCONNECT_NODE</c>.</summary>
    public string? Action { get; init; }

    public string? Details { get; init; }

    public DateTimeOffset? Timestamp { get; init; }
}
