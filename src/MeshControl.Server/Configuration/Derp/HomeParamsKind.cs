using System.Diagnostics.CodeAnalysis;
using MeshControl.Protocol.Control;
using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Text;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Derp;

/// <summary>How clients weigh regions: <c>regionscore</c> with a factor by region number.</summary>
internal sealed class HomeParamsKind() : ValueKind<DerpHomeParams>("a section with regionscore", EnvironmentForm.None)
{
    private static readonly RecordFields<DerpHomeParams> Fields = new RecordFields<DerpHomeParams>("homeparams")
        .Add("regionscore", new RegionTable<double>("factors", ReadScore), (home, value) => home with { RegionScore = value });

    public override bool TryRead(string path, ConfigNode node, LoadContext context, [MaybeNullWhen(false)] out DerpHomeParams value) =>
        Fields.TryRead(path, node, context, new DerpHomeParams(), out value);

    public override string Format(DerpHomeParams value) => value.ToString();

    private static bool ReadScore(string path, int id, ConfigNode node, LoadContext context, out double score) =>
        DerpKinds.Number.TryRead(path, node, context, out score);
}
