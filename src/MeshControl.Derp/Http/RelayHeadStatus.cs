namespace MeshControl.Derp.Http;

/// <summary>What the first bytes of a connection are.</summary>
public enum RelayHeadStatus
{
    /// <summary>Something that a web server has to look at.</summary>
    Other,

    /// <summary>So far what a client of a relay sends.</summary>
    Incomplete,

    /// <summary>A request for a connection to the relay.</summary>
    Relay,
}
