using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Keys;

/// <summary>Finds pre-auth keys by what an administrator has of them.</summary>
public static class PreAuthKeyFinder
{
    public static CoreError Unknown(string selector) =>
        CoreError.NotFound($"There is no pre-auth key {selector}; `meshctl preauthkeys list` shows them.");

    /// <summary>Finds a key by its whole text, or by the beginning that lists show.</summary>
    public static Result<PreAuthKey> Find(TailnetSnapshot snapshot, string text)
    {
        var wanted = text.Trim().TrimEnd('…');
        if (!wanted.StartsWith(PreAuthKeyText.Scheme, StringComparison.Ordinal))
        {
            return CoreError.Invalid($"A pre-auth key begins with {PreAuthKeyText.Scheme}; give its id, its beginning or all of it.");
        }

        // No secret appears in what is answered, in case that this was all of a key.
        var rest = wanted[PreAuthKeyText.Scheme.Length..];
        var prefix = rest.Split('-', 2)[0];
        var hash = rest.Length > prefix.Length ? SecretHash.Of(wanted) : (SecretHash?)null;
        var found = snapshot.PreAuthKeys.Values.Where(key => hash is null ? key.Prefix == prefix : key.Hash == hash).Take(2).ToArray();
        return found.Length switch
        {
            0 => Unknown($"{PreAuthKeyText.Scheme}{prefix}…"),
            1 => found[0],
            _ => CoreError.Refused($"Several pre-auth keys begin with {PreAuthKeyText.Scheme}{prefix}; give the id."),
        };
    }
}
