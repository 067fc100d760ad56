using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Text;

namespace MeshControl.Server.Configuration.Values;

/// <summary>A section whose keys are domains and whose values are lists of nameservers.</summary>
internal sealed class SplitDnsKind()
    : ValueKind<IReadOnlyList<SplitDnsRoute>>("a section of domains with nameservers", EnvironmentForm.None)
{
    public override bool TryRead(string path, ConfigNode node, LoadContext context, out IReadOnlyList<SplitDnsRoute> value)
    {
        value = [];
        if (node is not MappingNode mapping)
        {
            context.Error(
                path,
                node.Origin,
                $"Here stands {node.Shape}, but {Name} is expected.",
                "Write one domain a line, such as \"example.com: [192.0.2.53]\".");
            return false;
        }

        var routes = new List<SplitDnsRoute>();
        var sound = true;
        foreach (var entry in mapping.Entries)
        {
            var entryPath = $"{path}.{entry.Key}";
            var domain = DomainText.Parse(entry.Key, allowUnderscore: true);
            if (domain.Message is { } message)
            {
                context.Error(entryPath, entry.Origin, message, domain.Remedy);
            }
            else if (routes.Any(route => route.Domain == domain.Value))
            {
                context.Error(
                    entryPath,
                    entry.Origin,
                    $"The domain {domain.Value} is written twice, in different spellings.",
                    "Keep one of the two.");
            }
            else if (Kinds.Nameservers.TryRead(entryPath, entry.Value, context, out var nameservers))
            {
                routes.Add(new SplitDnsRoute(domain.Value!, nameservers));
                continue;
            }

            sound = false;
        }

        value = routes;
        return sound;
    }

    public override string Format(IReadOnlyList<SplitDnsRoute> value) =>
        $"{{{string.Join(", ", value.Select(route => $"{route.Domain}: {Kinds.Nameservers.Format(route.Nameservers)}"))}}}";
}
