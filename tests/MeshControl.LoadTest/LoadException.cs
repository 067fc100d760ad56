namespace MeshControl.LoadTest;

/// <summary>Why nothing can be measured, in one sentence for the user.</summary>
public sealed class LoadException : Exception
{
    public LoadException()
    {
    }

    public LoadException(string message)
        : base(message)
    {
    }

    public LoadException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
