namespace MeshControl.Server.Listeners.Tls;

/// <summary>What came of looking at the files of a certificate again.</summary>
internal enum CertificateReload
{
    /// <summary>They are what they were when they were looked at last.</summary>
    Unchanged,

    /// <summary>New connections get what they hold now.</summary>
    Replaced,

    /// <summary>They cannot be used: the certificate from before stays in use.</summary>
    Kept,
}
