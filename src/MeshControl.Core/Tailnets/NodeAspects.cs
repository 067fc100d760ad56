namespace MeshControl.Core.Tailnets;

/// <summary>What of a node changed, as far as others can see it. Two changes of one node merge by <c>|</c>.</summary>
[Flags]
public enum NodeAspects
{
    None = 0,

    /// <summary>Candidate UDP endpoints.</summary>
    Endpoints = 1,

    /// <summary>Home DERP region.</summary>
    HomeDerp = 2,

    /// <summary>Online flag and last-seen time.</summary>
    Online = 4,

    DiscoKey = 8,

    /// <summary>Anything else that only a complete node can tell: names, keys, tags, owner, addresses, expiry.</summary>
    Whole = 16,

    /// <summary>What the client says of itself and others are shown: they need the complete node, the client itself knows already.</summary>
    Hostinfo = 256,

    /// <summary>Others did not know it and now may.</summary>
    Appeared = 32,

    /// <summary>It is gone.</summary>
    Disappeared = 64,

    /// <summary>Only the node itself sees it, in its own entry.</summary>
    SelfOnly = 128,
}
