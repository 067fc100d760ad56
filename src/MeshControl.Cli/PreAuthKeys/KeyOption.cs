using System.CommandLine;
using System.Globalization;

namespace MeshControl.Cli.PreAuthKeys;

/// <summary>The option that names a pre-auth key.</summary>
internal static class KeyOption
{
    /// <summary>What keys begin with, which no id does.</summary>
    private const string Scheme = "mckey-auth-";

    public static Option<KeySelector> Create() => new("--id", "-i")
    {
        Description = "The key: its id, its beginning as it is listed, or all of it.",
        HelpName = "ID",
        Required = true,
        CustomParser = result =>
        {
            var text = result.Tokens[^1].Value.Trim();
            if (text.StartsWith(Scheme, StringComparison.Ordinal))
            {
                return new KeySelector(0, text);
            }

            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id == 0)
            {
                // Not repeated: it might be a secret of another kind.
                result.AddError($"That is not a pre-auth key: ids are whole numbers from 1, and keys begin with {Scheme}.");
            }

            return new KeySelector(id, "");
        },
    };
}
