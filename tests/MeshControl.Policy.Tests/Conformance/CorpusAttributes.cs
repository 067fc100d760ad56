using System.Text.Json;
using MeshControl.Policy.World;

namespace MeshControl.Policy.Tests.Conformance;

/// <summary>Attributes of nodes as text, by name.</summary>
internal static class CorpusAttributes
{
    private const string AutoUpdate = "default-auto-update";

    /// <summary>What every node of a capture had, whatever its policy.</summary>
    public static SortedDictionary<string, string> Given(ConformanceCase captured)
    {
        var attributes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(attributes, Corpus.Constants.SelfAttributes);
        if (captured.DefaultAutoUpdate is { } update)
        {
            attributes[AutoUpdate] = update ? "[true]" : "[false]";
        }

        return attributes;
    }

    public static void Add(SortedDictionary<string, string> attributes, JsonElement more)
    {
        foreach (var attribute in more.EnumerateObject())
        {
            attributes.TryAdd(attribute.Name, Canonical.Json(attribute.Value));
        }
    }

    /// <summary>The role whose attributes a node has; null: none.</summary>
    public static string? RoleOf(CaseNode node, CaseWorld world) =>
        node.Node.Owner is not { } owner ? "tagged" : world.Users.Single(user => user.Id == owner).Role switch
        {
            UserRole.Owner => "owner",
            UserRole.Admin => "admin",
            _ => null,
        };

    public static string Text(SortedDictionary<string, string> attributes) =>
        "{" + string.Join(',', attributes.Select(attribute => $"{JsonSerializer.Serialize(attribute.Key)}:{attribute.Value}")) + "}";
}
