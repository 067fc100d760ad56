using System.Collections.Immutable;
using MeshControl.Policy.Access;
using MeshControl.Policy.Language;

namespace MeshControl.Policy.Attributes;

/// <summary>An entry of <c>nodeAttrs</c>.</summary>
/// <param name="Targets">Selectors, one of which matches a node that gets the attributes.</param>
/// <param name="Names">Attributes without a value.</param>
/// <param name="Apps">Attributes with settings.</param>
internal sealed record AttributeTemplate(Bits Targets, ImmutableArray<string> Names, ImmutableArray<GrantedCapability> Apps)
{
    public static ImmutableArray<AttributeTemplate> Compile(PolicyFile file, SelectorTable selectors)
    {
        var templates = file.NodeAttributes.Select(rule =>
            new AttributeTemplate(Bits.Of(rule.Targets.Select(selectors.Number)), rule.Attributes, rule.App));

        // Switches of the whole file are attributes of every node.
        var everybody = new List<string>();
        if (file.RandomizeClientPort)
        {
            everybody.Add(Protocol.Control.NodeCapabilities.RandomizeClientPort);
        }

        if (file.DisableIPv4)
        {
            everybody.Add(NodeAttributes.DisableIPv4);
        }

        return everybody.Count == 0
            ? [.. templates]
            : [.. templates, new AttributeTemplate(Bits.Of([selectors.Number(new WildcardAlias())]), [.. everybody], [])];
    }
}
