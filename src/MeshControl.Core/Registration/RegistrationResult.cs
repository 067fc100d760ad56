using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Registration;

/// <summary>The answer to a registration.</summary>
/// <param name="Outcome">What the client does next.</param>
/// <param name="Snapshot">A state that holds <paramref name="Entry"/>; null when no node is involved.</param>
/// <param name="Entry">The node, when there is one.</param>
/// <param name="Message">The sentence for the user, when refused.</param>
/// <param name="AuthId">Names the login to be approved, when one is needed. A secret.</param>
public sealed record RegistrationResult(
    RegistrationOutcome Outcome,
    TailnetSnapshot? Snapshot = null,
    NodeEntry? Entry = null,
    string Message = "",
    string AuthId = "")
{
    public static RegistrationResult Refused(string message) => new(RegistrationOutcome.Refused, Message: message);

    public static RegistrationResult NeedsLogin(string authId) => new(RegistrationOutcome.NeedsLogin, AuthId: authId);
}
