namespace MeshControl.Core;

/// <summary>Classes of refusals, for status codes.</summary>
public enum CoreErrorKind
{
    /// <summary>What was named does not exist.</summary>
    NotFound,

    /// <summary>The request makes no sense, whatever the state.</summary>
    Invalid,

    /// <summary>The name or key is taken.</summary>
    AlreadyExists,

    /// <summary>Not allowed, or not in this state.</summary>
    Refused,

    /// <summary>Something limited is used up: addresses, ids, a queue.</summary>
    Exhausted,

    /// <summary>The database did not take it; nothing was changed; it may be tried again.</summary>
    Unavailable,
}
