using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language;

/// <summary>A capability and its arguments, passed on as written; an empty list is not null.</summary>
public sealed record GrantedCapability(string Name, WireList<RawJson>? Arguments);
