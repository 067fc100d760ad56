namespace MeshControl.Server.Configuration.Options;

/// <summary>The modes of libpq, by their names there.</summary>
public enum PostgresSslMode
{
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCA,
    VerifyFull,
}
