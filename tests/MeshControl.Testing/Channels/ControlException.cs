using System.Net;

namespace MeshControl.Testing.Channels;

/// <summary>The server refused or broke the protocol; the text is what a client would log.</summary>
public sealed class ControlException : Exception
{
    public ControlException()
    {
    }

    public ControlException(string message)
        : base(message)
    {
    }

    public ControlException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public ControlException(HttpStatusCode status, string body)
        : base($"status {(int)status}: {body}") =>
        (Status, Body) = (status, body);

    /// <summary>The HTTP status that was not the expected one, if that was the fault.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>What came with the status.</summary>
    public string? Body { get; }
}
