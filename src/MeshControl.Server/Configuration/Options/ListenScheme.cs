namespace MeshControl.Server.Configuration.Options;

/// <summary>What a listener speaks.</summary>
public enum ListenScheme
{
    /// <summary>TLS exactly when there is a certificate.</summary>
    Auto,

    /// <summary>Never TLS.</summary>
    Http,

    /// <summary>Always TLS.</summary>
    Https,
}
