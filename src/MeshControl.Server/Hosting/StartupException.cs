namespace MeshControl.Server;

/// <summary>The server cannot start; the message is one sentence that says what is wrong and how to mend it.</summary>
public sealed class StartupException : Exception
{
    public StartupException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    public StartupException()
    {
    }

    public StartupException(string message)
        : base(message)
    {
    }
}
