using MeshControl.Policy.Access;
using MeshControl.Policy.Text;

namespace MeshControl.Policy.Testing;

/// <summary>
/// The assertions that a policy makes about itself, <c>tests</c> and <c>sshTests</c>. They are run when a policy is about to be taken over,
/// not when one is in force already: a user who is gone since must not keep a server from starting.
/// </summary>
public static class PolicyTests
{
    /// <summary>What the service says of every failure.</summary>
    private const string Message = "test(s) failed";

    /// <returns>Null when all hold; else the service's words, and one detail for each assertion that does not.</returns>
    public static PolicyError? FirstFailure(AccessMap access)
    {
        var policy = access.Policy;
        if (policy.Tests.IsEmpty && policy.SshTests.IsEmpty)
        {
            return null;
        }

        var world = new TestWorld(access);
        string[] failures =
        [
            .. policy.Tests.SelectMany((test, entry) => AccessTests.Failures(world, test).Select(text => Detail("tests", entry, test.Position, text))),
            .. policy.SshTests.SelectMany((test, entry) => SshTests.Failures(world, test).Select(text => Detail("sshTests", entry, test.Position, text))),
        ];
        return failures.Length == 0 ? null : new PolicyError(Message, Details: failures);
    }

    private static string Detail(string section, int entry, TextPosition position, string text) =>
        FormattableString.Invariant($"{section}[{entry}] (line {position.Line}): {text}");
}
