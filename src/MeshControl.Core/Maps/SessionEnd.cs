namespace MeshControl.Core.Maps;

/// <summary>Why a map stream has to end; the first reason counts.</summary>
public enum SessionEnd
{
    /// <summary>It goes on.</summary>
    None,

    /// <summary>The node opened another stream, so this one's connection is dead or left behind.</summary>
    Replaced,

    /// <summary>The node was deleted. The client is told to log in again before the stream ends.</summary>
    NodeRemoved,

    /// <summary>The node's key was replaced: the stream's key no longer names it.</summary>
    KeyReplaced,

    /// <summary>The server stops; the client reconnects by itself.</summary>
    ServerStopping,

    /// <summary>A change could not be told to everybody; the client comes back for a whole map.</summary>
    ChangeLost,
}
