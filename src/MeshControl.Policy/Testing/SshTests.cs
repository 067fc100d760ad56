using MeshControl.Policy.Language;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;
using AddressText = MeshControl.Policy.Access.AddressText;

namespace MeshControl.Policy.Testing;

/// <summary><c>sshTests</c>: who must, and who must not, get in as which user. Decided by the rules that the nodes receive, as clients read them.</summary>
internal static class SshTests
{
    private const string Root = "root";
    private const string AnyUser = "*";

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
            yield return $"The dst {text} is nothing that the policy knows.";
            yield break;
        }

        foreach (var source in sources)
        {
            var targets = Targets(world, alias, source).ToArray();
            if (targets.Length == 0)
            {
                yield return $"The dst {text} is no node.";
                yield break;
            }

            foreach (var target in targets)
            {
                var rules = world.Access.SshRulesOf(target.Index, "");
                foreach (var failure in CheckUsers(rules, test, source, $"{AddressText.Of(source.Prefix)} (of {test.Source})", $"{target.IPv4 ?? target.IPv6} (of {text})"))
                {
                    yield return failure;
                }
            }
        }
    }

    private static IEnumerable<string> CheckUsers(WireList<SshRule> rules, SshTest test, TestAddress source, string from, string to)
    {
        var address = AddressText.Of(source.Prefix.Address);
        foreach (var (users, wanted) in new[] { (test.Accept, "accept"), (test.Check, "check"), (test.Deny, "deny") })
        {
            foreach (var user in users)
            {
                if (user.Trim().Length == 0)
                {
                    yield return $"A name in {wanted} is empty.";
                    continue;
                }

                var outcome = Ask(rules, address, user);
                var holds = wanted switch
                {
                    "accept" => outcome != Outcome.None,
                    "check" => outcome == Outcome.Checked,
                    _ => outcome == Outcome.None,
                };
                if (!holds)
                {
                    yield return $"{from} {Words(outcome)} {to} as {user}; the test says {wanted}.";
                }
            }
        }
    }

    /// <summary>As clients do: the first rule that has the address and a local user for the name.</summary>
    private static Outcome Ask(WireList<SshRule> rules, string address, string user)
    {
        foreach (var rule in rules)
        {
            if (rule.Principals!.Any(principal => principal.NodeIp == address) && MapsTo(rule.SshUsers!, user))
            {
                return rule.Action!.Accept ? Outcome.Accepted : Outcome.Checked;
            }
        }

        return Outcome.None;
    }

    private static bool MapsTo(WireMap<string, string> users, string user) =>
        users.TryGetValue(user, out var local)
            ? local.Length > 0
            : user != Root && users.TryGetValue(AnyUser, out var any) && any.Length > 0;

    private static IEnumerable<PolicyNode> Targets(TestWorld world, Alias alias, TestAddress source) =>
        alias is not AutogroupAlias { Group: Autogroup.Self } ? world.AddressesOf(alias).Select(address => address.Node).OfType<PolicyNode>().Distinct()
        : source.Node!.Owner is { } owner ? world.NodesOfOwner(owner)
        : [];

    private static string Words(Outcome outcome) => outcome switch
    {
        Outcome.Accepted => "gets in to",
        Outcome.Checked => "gets in after a check to",
        _ => "does not get in to",
    };
}
