using MeshControl.Policy.Access;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Ssh;

/// <summary>The rules of the <c>ssh</c> section with whom they let in. Immutable.</summary>
internal sealed class SshTable
{
    private readonly SshRuleCell[] _cells;

    private SshTable(SshRuleCell[] cells) => _cells = cells;

    public static SshTable Of(CompiledPolicy policy) => new([.. policy.Ssh.Select(rule => new SshRuleCell(rule))]);

    /// <summary>The table after nodes of some classes changed, came or went.</summary>
    /// <param name="touched">Those classes as they were and as they are.</param>
    /// <param name="owners">Whose nodes they are; null for tagged ones.</param>
    public SshTable With(IReadOnlyCollection<ClassKey> touched, IReadOnlyCollection<long?> owners)
    {
        if (_cells.Length == 0 || touched.Count == 0)
        {
            return this;
        }

        return new SshTable([.. _cells.Select(cell => touched.Any(key => Uses(cell.Template, key)) ? cell.Renewed(owners) : cell)]);
    }

    /// <summary>Whether a node may have other rules than by the table of an earlier map of the same policy.</summary>
    public bool MayDiffer(AccessMap map, AccessMap earlierMap, PolicyNode node, ClassKey key)
    {
        var earlier = earlierMap.Ssh;
        if (this == earlier)
        {
            return false;
        }

        for (var index = 0; index < _cells.Length; index++)
        {
            if (_cells[index] != earlier._cells[index] && _cells[index].MayDiffer(map, earlier._cells[index], earlierMap, node, key))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether nodes of a class may: true, too, where only those of some users have others.</summary>
    public bool MayDiffer(SshTable earlier, ClassKey key)
    {
        for (var index = 0; this != earlier && index < _cells.Length; index++)
        {
            if (_cells[index] != earlier._cells[index] && _cells[index].MayConcern(key))
            {
                return true;
            }
        }

        return false;
    }

    public WireList<SshRule> RulesOf(AccessMap map, PolicyNode node, ClassKey key, string serverUrl)
    {
        var rules = new List<SshRule>();
        foreach (var cell in _cells)
        {
            cell.AddTo(rules, map, node, key, serverUrl);
        }

        return WireList.CopyOf(rules);
    }

    /// <summary>What a destination's rules say of a source that wants to log in: as clients do it, the first that is about both. Null: no.</summary>
    public SshAdmission? Find(AccessMap map, PolicyNode source, PolicyNode destination, ClassKey key, string user)
    {
        var addresses = SshPrincipals.Addresses(source).ToArray();
        var rules = new List<SshRule>();
        foreach (var cell in _cells)
        {
            rules.Clear();
            cell.AddTo(rules, map, destination, key, serverUrl: "");
            if (rules.Exists(rule => rule.Principals!.Any(addresses.Contains) && SshCompiler.LetsInAs(rule, user)))
            {
                return new SshAdmission(SshActions.Accept(cell.Template, map), cell.Template.Check ? cell.Template.CheckPeriod : null);
            }
        }

        return null;
    }

    private static bool Uses(SshRuleTemplate template, ClassKey key) =>
        template.Sources.IsNode(key) || key.ByNode.Intersects(template.Recorders);
}
