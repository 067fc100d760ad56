using MeshControl.Admin;
using MeshControl.Server.Configuration.Keys;
using MeshControl.Server.Configuration.Text;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Binding;

/// <summary>Values from the environment, which win over those of the file.</summary>
internal static class EnvironmentOverrides
{
    public const string Prefix = "MESHCONTROL_";

    private const string HeadscalePrefix = "HEADSCALE_";

    /// <summary>Variables of the command line and of the tests, which are no keys.</summary>
    private static readonly string[] OtherVariables = [AdminDefaults.ConfigVariable, "MESHCONTROL_CLIENT_DIR", "MESHCONTROL_TEST_POSTGRES"];

    private static readonly Dictionary<string, ConfigurationKey> Keys =
        KeyTable.All.ToDictionary(key => key.EnvironmentName, StringComparer.Ordinal);

    public static void Apply(LoadContext context)
    {
        foreach (var (name, text) in context.Environment.OrderBy(variable => variable.Key, StringComparer.Ordinal))
        {
            // Set but empty is what compose files and unit files produce for "not given".
            if (text.Length == 0)
            {
                continue;
            }

            if (Keys.TryGetValue(name, out var key))
            {
                Override(key, name, text, context);
            }
            else if (name.StartsWith(Prefix, StringComparison.Ordinal) && !OtherVariables.Contains(name))
            {
                WarnUnknown(name, context);
            }
            else if (name.StartsWith(HeadscalePrefix, StringComparison.Ordinal)
                && Prefix + name[HeadscalePrefix.Length..] is var ours && Keys.ContainsKey(ours))
            {
                Warn(name, "Variables of Headscale are not read.", $"Rename it to {ours}.", context);
            }
        }
    }

    private static void Override(ConfigurationKey key, string name, string text, LoadContext context)
    {
        var origin = ConfigurationOrigin.OfVariable(name);
        switch (key.EnvironmentForm)
        {
            case EnvironmentForm.Single:
                context.Write(key.Path, new ScalarNode(origin, text));
                break;
            case EnvironmentForm.List:
                var items = text.Split([',', ' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
                context.Write(key.Path, new SequenceNode(origin, [.. items.Select(item => new ScalarNode(origin, item))]));
                break;
            default:
                context.Error(
                    key.Path, origin, "This key cannot be given in the environment.", $"Write {key.Path} into the configuration file.");
                break;
        }
    }

    private static void WarnUnknown(string name, LoadContext context)
    {
        var nearest = EditDistance.Nearest(name, [.. Keys.Values.OfType<UsedKey>().Select(key => key.EnvironmentName), .. OtherVariables]);
        Warn(name, "No key has this name.", nearest is null ? "Unset it." : $"Did you mean {nearest}?", context);
    }

    private static void Warn(string name, string message, string remedy, LoadContext context) =>
        context.Warn("", ConfigurationOrigin.OfVariable(name), message, remedy);
}
