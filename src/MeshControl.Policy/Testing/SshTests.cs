using MeshControl.Policy.Access;
using MeshControl.Policy.Language;
using MeshControl.Policy.Ssh;

namespace MeshControl.Policy.Testing;

/// <summary><c>sshTests</c>: who must, and who must not, get in as which user. Decided by the rules that the nodes receive, as clients read them.</summary>
internal static class SshTests
{
    private enum Outcome
    {
        None,
        Accepted,
        Checked,
    }

    /// <inheritdoc cref="AccessTests.Failures"/>
    public static IEnumerable<string> Failures(TestWorld plainWorld, SshTest test)
    {
        var policy = plainWorld.Access.Policy;
        if (!AliasReader.TryRead(test.Source, policy, out var source, out _))
        {
            return [test.Source.Trim().Length == 0 ? "It names no src." : $"The src {test.Source} is nothing that the policy knows."];
        }

        if (test.Accept.IsEmpty && test.Check.IsEmpty && test.Deny.IsEmpty)
        {
            return ["It says neither what to accept, nor what to check, nor what to deny."];
        }

        var world = plainWorld.WithAttributes(plainWorld.NodesOf(source), test.SourceAttributes);
        var sources = world.AddressesOf(source).Where(address => address.Node is not null).ToArray();
        if (sources.Length == 0)
        {
            return [$"The src {source} is no node."];
        }

        return test.Destinations.IsEmpty ? ["It names no dst."] : test.Destinations.SelectMany(text => Check(world, test, sources, text)).Distinct();
    }

    private static IEnumerable<string> Check(TestWorld world, SshTest test, TestAddress[] sources, string text)
    {
        if (!AliasReader.TryRead(text, world.Access.Policy, out var alias, out _))
        {
            return [$"The dst {text} is nothing that the policy knows."];
        }

        var targets = sources.Select(source => (Source: source, Nodes: Targets(world, alias, source))).ToArray();
        if (Array.Exists(targets, target => target.Nodes.Count == 0))
        {
            return [$"The dst {text} is no node."];
        }

        return
            from list in new[] { (Users: test.Accept, Wanted: "accept"), (Users: test.Check, Wanted: "check"), (Users: test.Deny, Wanted: "deny") }
            from user in list.Users
            let failure = CheckUser(targets, test.Source, text, user, list.Wanted)
            where failure is not null
            select failure;
    }

    /// <returns>The first that does not hold: a test about many nodes may fail as many times as they have pairs.</returns>
    private static string? CheckUser((TestAddress Source, IReadOnlyList<SshTarget> Nodes)[] targets, string from, string to, string user, string wanted)
    {
        if (user.Trim().Length == 0)
        {
            return $"A name in {wanted} is empty.";
        }

        foreach (var (source, nodes) in targets)
        {
            var address = FilterText.Of(source.Prefix.Address);
            foreach (var target in nodes)
            {
                var outcome = Ask(target, address, user);
                var holds = wanted switch
                {
                    "accept" => outcome != Outcome.None,
                    "check" => outcome == Outcome.Checked,
                    _ => outcome == Outcome.None,
                };
                if (!holds)
                {
                    return $"{address} (of {from}) {Words(outcome)} {target.Node.IPv4 ?? target.Node.IPv6} (of {to}) as {user}; the test says {wanted}.";
                }
            }
        }

        return null;
    }

    /// <summary>As clients do: the first rule that has the address and a local user for the name.</summary>
    private static Outcome Ask(SshTarget target, string address, string user)
    {
        foreach (var (rule, principals) in target.Rules)
        {
            if (principals.Contains(address) && SshCompiler.LetsInAs(rule, user))
            {
                return rule.Action!.Accept ? Outcome.Accepted : Outcome.Checked;
            }
        }

        return Outcome.None;
    }

    private static IReadOnlyList<SshTarget> Targets(TestWorld world, Alias alias, TestAddress source) =>
        alias is not AutogroupAlias { Group: Autogroup.Self } ? world.SshTargetsOf(alias)
        : source.Node!.Owner is { } owner ? world.SshTargetsOf(world.NodesOfOwner(owner))
        : [];

    private static string Words(Outcome outcome) => outcome switch
    {
        Outcome.Accepted => "gets in to",
        Outcome.Checked => "gets in after a check to",
        _ => "does not get in to",
    };
}
