using System.Collections.Immutable;
using MeshControl.Policy.Approval;
using MeshControl.Policy.Attributes;
using MeshControl.Policy.Language;
using MeshControl.Policy.Ssh;

namespace MeshControl.Policy.Access;

/// <summary>A policy taken apart, before anybody it could apply to is known.</summary>
internal sealed class CompiledPolicy
{
    public required PolicyFile File { get; init; }

    public required SelectorTable Selectors { get; init; }

    /// <summary>By <see cref="SourceExpression.Number"/>.</summary>
    public required ImmutableArray<SourceExpression> Expressions { get; init; }

    /// <summary>By <see cref="RuleTemplate.Ordinal"/>.</summary>
    public required ImmutableArray<RuleTemplate> Rules { get; init; }

    /// <summary>Selector to the rules of which it is a target.</summary>
    public required ImmutableDictionary<int, Bits> RulesBySelector { get; init; }

    /// <summary>Rules with a target that is not found by a selector, so that every class has to look at them.</summary>
    public required Bits RulesForAll { get; init; }

    /// <summary>Selector to the expressions that it is in.</summary>
    public required ImmutableDictionary<int, Bits> ExpressionsBySelector { get; init; }

    /// <summary>Expression to the rules that have it as sources.</summary>
    public required ImmutableDictionary<int, Bits> RulesByExpression { get; init; }

    /// <summary>The <c>ssh</c> section, in the order in which nodes have its rules.</summary>
    public required ImmutableArray<SshRuleTemplate> Ssh { get; init; }

    /// <summary>What nodes are given by <c>nodeAttrs</c> and by the switches of the whole file.</summary>
    public required ImmutableArray<AttributeTemplate> Attributes { get; init; }

    /// <summary>Selectors of the nodes that go without their IPv4 address; asked for every pair of nodes.</summary>
    public required Bits WithoutIPv4 { get; init; }

    /// <summary>Which routes need no approval by hand.</summary>
    public required ApproverTable Approvers { get; init; }

    /// <summary>Something in the policy treats the nodes of each user apart.</summary>
    public required bool SeparatesOwners { get; init; }

    /// <summary>The expressions that may mean nodes of a class.</summary>
    public IEnumerable<SourceExpression> ExpressionsFor(ClassKey key)
    {
        var expressions = Bits.None;
        foreach (var selector in key.ByNode.Or(key.ByRoute).Numbers())
        {
            expressions = expressions.Or(ExpressionsBySelector.GetValueOrDefault(selector));
        }

        return expressions.Numbers().Select(number => Expressions[number]);
    }

    /// <summary>The rules that may concern nodes of a class, in order.</summary>
    public IEnumerable<RuleTemplate> RulesFor(ClassKey key)
    {
        var rules = RulesForAll;
        foreach (var selector in key.ByNode.Or(key.ByRoute).Numbers())
        {
            rules = rules.Or(RulesBySelector.GetValueOrDefault(selector));
        }

        return rules.Numbers().Select(ordinal => Rules[ordinal]);
    }
}
