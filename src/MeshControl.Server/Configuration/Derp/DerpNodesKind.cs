using System.Diagnostics.CodeAnalysis;
using MeshControl.Protocol.Control;
using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Text;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Derp;

/// <summary>The relays of a region, in the order in which clients try them.</summary>
internal sealed class DerpNodesKind() : ValueKind<WireList<DerpNode>>("a list of nodes", EnvironmentForm.None)
{
    private static readonly RecordFields<DerpNode> Fields = new RecordFields<DerpNode>("a node")
        .Add("name", Kinds.Text, (node, value) => node with { Name = value })
        .Add("regionid", DerpKinds.RegionId, (node, value) => node with { RegionId = value })
        .Add("hostname", DerpKinds.HostName, (node, value) => node with { HostName = value })
        .Add("certname", DerpKinds.CertName, (node, value) => node with { CertName = value })
        .Add("ipv4", DerpKinds.Ipv4, (node, value) => node with { Ipv4 = value })
        .Add("ipv6", DerpKinds.Ipv6, (node, value) => node with { Ipv6 = value })
        .Add("stunport", DerpKinds.StunPort, (node, value) => node with { StunPort = value })
        .Add("stunonly", Kinds.Boolean, (node, value) => node with { StunOnly = value })
        .Add("derpport", DerpKinds.DerpPort, (node, value) => node with { DerpPort = value })
        .Add("insecurefortests", Kinds.Boolean, (node, value) => node with { InsecureForTests = value })
        .Add("stuntestip", DerpKinds.AnyAddress, (node, value) => node with { StunTestIp = value })
        .Add("canport80", Kinds.Boolean, (node, value) => node with { CanPort80 = value });

    public override bool TryRead(string path, ConfigNode node, LoadContext context, [MaybeNullWhen(false)] out WireList<DerpNode> value)
    {
        value = null;
        if (node is not SequenceNode sequence)
        {
            context.Error(
                path,
                node.Origin,
                $"Here stands {node.Shape}, but {Name} is expected.",
                "Write each node as \"- name: 900a\" with its other keys indented below it.");
            return false;
        }

        var relays = new List<DerpNode>();
        for (var i = 0; i < sequence.Items.Count; i++)
        {
            if (Fields.TryRead($"{path}[{i}]", sequence.Items[i], context, new DerpNode(), out var relay))
            {
                relays.Add(relay);
            }
        }

        value = WireList.CopyOf(relays);
        return relays.Count == sequence.Items.Count;
    }

    public override string Format(WireList<DerpNode> value) => value.ToString();
}
