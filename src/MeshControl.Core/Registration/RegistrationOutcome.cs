namespace MeshControl.Core.Registration;

/// <summary>How a registration ended, as the client has to be told.</summary>
public enum RegistrationOutcome
{
    /// <summary>The node may go on to the map.</summary>
    Authorized,

    /// <summary>The node key has had its day: the client makes a new one and comes back.</summary>
    KeyExpired,

    /// <summary>The node is logged out, or gone; there is nothing more to say.</summary>
    LoggedOut,

    /// <summary>Somebody has to approve the login, at whose page the client is to wait.</summary>
    NeedsLogin,

    /// <summary>Refused, with a sentence for the user.</summary>
    Refused,
}
