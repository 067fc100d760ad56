using System.Collections.Immutable;
using MeshControl.Policy.Approval;
using MeshControl.Policy.Attributes;
using MeshControl.Policy.Language;
using MeshControl.Policy.Ssh;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Access;

/// <summary>Takes a policy apart into selectors, source expressions and rules, in the order in which filters have them.</summary>
internal sealed class PolicyCompiler
{
    private static readonly ImmutableArray<PortRange> AllPorts = [PortRange.All];
    private static readonly ImmutableArray<Alias> Everything = [new WildcardAlias()];

    private readonly PolicyFile _file;
    private readonly SelectorTable _selectors;
    private readonly List<SourceExpression> _expressions = [];
    private readonly Dictionary<(Bits Selectors, Bits Postures), SourceExpression> _known = [];
    private readonly List<RuleTemplate> _rules = [];

    private PolicyCompiler(PolicyFile file)
    {
        _file = file;
        _selectors = new SelectorTable(file);
    }

    public static CompiledPolicy Compile(PolicyFile file)
    {
        var compiler = new PolicyCompiler(file);
        compiler.AddGrants();
        compiler.AddAcls();
        return compiler.Finish();
    }

    private CompiledPolicy Finish()
    {
        // They number further aliases, and make further expressions.
        var ssh = SshCompiler.Compile(_file, _selectors, Sources);
        var attributes = AttributeTemplate.Compile(_file, _selectors);
        var approvers = ApproverTable.Compile(_file, _selectors);
        var (bySelector, byExpression, forAll) = (new Dictionary<int, List<int>>(), new Dictionary<int, List<int>>(), new List<int>());
        foreach (var rule in _rules)
        {
            AddTo(byExpression, rule.Sources.Number, rule.Ordinal);
            foreach (var target in rule.Targets)
            {
                if (target.Kind is RuleTargetKind.Nodes or RuleTargetKind.Addresses)
                {
                    AddTo(bySelector, target.Selector, rule.Ordinal);
                }
                else
                {
                    forAll.Add(rule.Ordinal);
                }
            }
        }

        var expressionsBySelector = new Dictionary<int, List<int>>();
        foreach (var expression in _expressions)
        {
            foreach (var selector in expression.Selectors.Numbers())
            {
                AddTo(expressionsBySelector, selector, expression.Number);
            }
        }

        return new CompiledPolicy
        {
            File = _file,
            Selectors = _selectors,
            Expressions = [.. _expressions],
            Rules = [.. _rules],
            RulesBySelector = bySelector.ToImmutableDictionary(pair => pair.Key, pair => Bits.Of(pair.Value)),
            ExpressionsBySelector = expressionsBySelector.ToImmutableDictionary(pair => pair.Key, pair => Bits.Of(pair.Value)),
            RulesByExpression = byExpression.ToImmutableDictionary(pair => pair.Key, pair => Bits.Of(pair.Value)),
            RulesForAll = Bits.Of(forAll),
            Ssh = ssh,
            Attributes = attributes,
            WithoutIPv4 = NodeAttributes.WithoutIPv4(attributes),
            Approvers = approvers,
            SeparatesOwners = _rules.Exists(rule => rule.WithinOwner),
        };
    }

    private void AddGrants()
    {
        if (_file.Acls is null && _file.Grants is null)
        {
            // Who says nothing about access has no policy on it: every member may reach everything.
            Ports(new RuleOrigin("", 0, default), Sources(Everything, []), [Target(new WildcardAlias(), AllPorts)], null, default);
            return;
        }

        foreach (var (entry, grant) in (_file.Grants ?? []).Index())
        {
            AddGrant(new RuleOrigin("grants", entry, grant.Position), grant);
        }
    }

    private void AddGrant(RuleOrigin origin, GrantRule grant)
    {
        // Who names nobody grants nothing; who names people of whom there are none grants them something.
        if (grant.Sources.IsEmpty)
        {
            return;
        }

        var sources = Sources(grant.Sources, grant.SourcePostures);
        var via = Bits.Of(grant.Via.Select(tag => _selectors.Number(new TagAlias(tag))));
        var others = grant.Destinations.Where(alias => !IsSelf(alias)).ToImmutableArray();
        var self = others.Length < grant.Destinations.Length;
        foreach (var (protocol, ports) in grant.Ip)
        {
            Ports(origin, sources, Targets(others, ports), protocol, via);
            if (self)
            {
                Ports(origin, sources, [SelfTarget(ports)], protocol, via, withinOwner: true);
            }
        }

        if (grant.App.IsEmpty)
        {
            return;
        }

        Capabilities(origin, sources, Targets(others, []), Map(grant.App), via);
        if (self)
        {
            Capabilities(origin, sources, [SelfTarget([])], Map(grant.App), via, withinOwner: true);
        }

        if (!via.IsEmpty)
        {
            // Nothing of it is delivered, so there is nothing to answer.
            return;
        }

        // What is asked of a device that it may be a source is asked of it as the end of the companion, too; of the other end nothing is.
        var postures = Required(grant.SourcePostures);
        foreach (var (granted, companion) in CapabilityCompanions.All.Where(pair => grant.App.Any(app => app.Name == pair.Granted)))
        {
            // The other way round: on the nodes that were sources, for those that were destinations.
            var map = WireMap.CopyOf([KeyValuePair.Create(companion, (WireList<RawJson>?)null)]);
            if (others.Length > 0)
            {
                Capabilities(origin, Sources(others, Bits.None), Targets(grant.Sources, []), map, via, targetPostures: postures);
            }

            if (self)
            {
                var owned = Sources([new AutogroupAlias(Autogroup.Member)], Bits.None);
                Capabilities(origin, owned, Targets(grant.Sources, []), map, via, withinOwner: true, targetPostures: postures);
            }
        }
    }

    private void AddAcls()
    {
        foreach (var (entry, acl) in (_file.Acls ?? []).Index())
        {
            var origin = new RuleOrigin("acls", entry, acl.Position);
            var sources = Sources(acl.Sources, acl.SourcePostures);
            var selfLast = acl.Destinations.Any(destination => destination.Alias is not AutogroupAlias);
            var ordered = selfLast ? acl.Destinations.OrderBy(destination => IsSelf(destination.Alias)) : acl.Destinations.AsEnumerable();
            foreach (var (alias, ports) in ordered)
            {
                if (IsSelf(alias))
                {
                    Ports(origin, sources, [SelfTarget(ports)], acl.Protocol, default, withinOwner: true);
                }
                else
                {
                    Ports(origin, sources, Targets([alias], ports), acl.Protocol, default);
                }
            }
        }
    }

    private void Ports(
        RuleOrigin origin, SourceExpression sources, ImmutableArray<RuleTarget> targets, int? protocol, Bits via, bool withinOwner = false)
    {
        if (targets.Length > 0)
        {
            _rules.Add(new RuleTemplate
            {
                Ordinal = _rules.Count,
                Origin = origin,
                Sources = sources,
                Targets = targets,
                Protocol = protocol,
                Via = via,
                WithinOwner = withinOwner,
            });
        }
    }

    private void Capabilities(
        RuleOrigin origin,
        SourceExpression sources,
        ImmutableArray<RuleTarget> targets,
        WireMap<string, WireList<RawJson>?> capabilities,
        Bits via,
        bool withinOwner = false,
        Bits targetPostures = default)
    {
        if (targets.Length > 0)
        {
            _rules.Add(new RuleTemplate
            {
                Ordinal = _rules.Count,
                Origin = origin,
                Sources = sources,
                Targets = targets,
                Capabilities = capabilities,
                Via = via,
                WithinOwner = withinOwner,
                TargetPostures = targetPostures,
            });
        }
    }

    /// <summary>The expression of a list of sources, shared with every rule that has the same.</summary>
    private SourceExpression Sources(ImmutableArray<Alias> aliases, ImmutableArray<string> postures) => Sources(aliases, Required(postures));

    /// <summary>The postures of a rule, or those of the file for rules that name none.</summary>
    private Bits Required(ImmutableArray<string> postures) =>
        Bits.Of((postures.IsEmpty ? _file.DefaultSourcePostures : postures).Select(_selectors.PostureNumber));

    private SourceExpression Sources(ImmutableArray<Alias> aliases, Bits required)
    {
        var selectors = Bits.Of(aliases.Select(_selectors.Number));
        if (_known.TryGetValue((selectors, required), out var known))
        {
            return known;
        }

        // Under a condition on devices, only nodes can be sources: an address by itself satisfies none.
        var conditional = !required.IsEmpty;
        var literals = conditional ? [] : aliases.Where(alias => _selectors.PrefixesOf(alias).Length > 0).Distinct().ToArray();
        var expression = new SourceExpression
        {
            Number = _expressions.Count,
            Selectors = selectors,
            Listed = conditional ? selectors : Bits.Of(aliases.Where(IsNodes).Select(_selectors.Number)),
            Postures = required,
            Literals = [.. literals.SelectMany(Texts).Distinct()],
            Prefixes = [.. literals.SelectMany(alias => _selectors.PrefixesOf(alias))],
            Wildcard = !conditional && aliases.Any(alias => alias is WildcardAlias),
            DangerAll = !conditional && aliases.Any(alias => alias is AutogroupAlias { Group: Autogroup.DangerAll }),
        };
        _expressions.Add(expression);
        _known.Add((selectors, required), expression);
        return expression;

        IEnumerable<string> Texts(Alias alias) =>
            alias is IpSetAlias ? _selectors.PrefixesOf(alias).Select(FilterText.Of) : FilterText.Of(alias);

        bool IsNodes(Alias alias) =>
            alias is not (WildcardAlias or AutogroupAlias { Group: Autogroup.DangerAll }) && _selectors.PrefixesOf(alias).IsEmpty;
    }

    private ImmutableArray<RuleTarget> Targets(ImmutableArray<Alias> aliases, ImmutableArray<PortRange> ports) =>
        [.. aliases.SelectMany(Parts).Select(alias => Target(alias, ports))];

    /// <summary>A set of addresses is as many destinations, because a node writes only those that concern it.</summary>
    private IEnumerable<Alias> Parts(Alias alias) =>
        alias is IpSetAlias ? _selectors.PrefixesOf(alias).Select(prefix => new PrefixAlias(prefix)) : [alias];

    private RuleTarget Target(Alias alias, ImmutableArray<PortRange> ports)
    {
        var prefixes = _selectors.PrefixesOf(alias);
        var kind = alias switch
        {
            WildcardAlias or AutogroupAlias { Group: Autogroup.DangerAll } => RuleTargetKind.Everything,
            AutogroupAlias { Group: Autogroup.Internet } => RuleTargetKind.Internet,
            _ when prefixes.Length > 0 => RuleTargetKind.Addresses,
            _ => RuleTargetKind.Nodes,
        };
        return new RuleTarget(kind, alias, _selectors.Number(alias), ports) { Prefixes = prefixes };
    }

    private RuleTarget SelfTarget(ImmutableArray<PortRange> ports)
    {
        var self = new AutogroupAlias(Autogroup.Self);
        return new RuleTarget(RuleTargetKind.Self, self, _selectors.Number(self), ports);
    }

    private static bool IsSelf(Alias alias) => alias is AutogroupAlias { Group: Autogroup.Self };

    private static WireMap<string, WireList<RawJson>?> Map(ImmutableArray<GrantedCapability> capabilities) =>
        WireMap.CopyOf(capabilities.Select(capability => KeyValuePair.Create(capability.Name, capability.Arguments)));

    private static void AddTo(Dictionary<int, List<int>> lists, int key, int value)
    {
        if (!lists.TryGetValue(key, out var list))
        {
            lists.Add(key, list = []);
        }

        list.Add(value);
    }
}
