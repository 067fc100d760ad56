using System.Globalization;

namespace MeshControl.Server.Configuration.Text;

/// <summary>Finds what was written where, from a path such as <c>regions.900.nodes[0].name</c>, with names in any case.</summary>
internal static class NodePath
{
    /// <returns>The node of the path, or the innermost one around it that was written.</returns>
    public static ConfigNode Nearest(ConfigNode root, string path)
    {
        var found = root;
        foreach (var step in path.Split('.', '[').Where(step => step.Length > 0))
        {
            var next = found switch
            {
                MappingNode mapping => mapping.Entries.FirstOrDefault(entry => entry.Key.Equals(step, StringComparison.OrdinalIgnoreCase))?.Value,
                SequenceNode sequence when int.TryParse(step.TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var index) =>
                    sequence.Items.ElementAtOrDefault(index),
                _ => null,
            };
            if (next is null)
            {
                break;
            }

            found = next;
        }

        return found;
    }
}
