namespace MeshControl.Store;

/// <summary>How the connection to PostgreSQL is encrypted; the names are libpq's <c>sslmode</c> words.</summary>
public enum PostgresTls
{
    Disable,
    Allow,
    Prefer,
    Require,
    VerifyCA,
    VerifyFull,
}
