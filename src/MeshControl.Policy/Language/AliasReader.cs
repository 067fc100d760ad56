using System.Diagnostics.CodeAnalysis;
using MeshControl.Policy.Text;

namespace MeshControl.Policy.Language;

/// <summary>Tells what a word in a policy stands for.</summary>
public static class AliasReader
{
    internal const string GroupPrefix = "group:";
    internal const string TagPrefix = "tag:";
    internal const string ServicePrefix = "svc:";
    internal const string IpSetPrefix = "ipset:";
    internal const string PosturePrefix = "posture:";
    private const string UserPrefix = "user:";
    private const string DomainUsersPrefix = "user:*@";

    /// <param name="text">The word; white space around it does not count.</param>
    /// <param name="names">Where groups, hosts, tags and IP sets are defined.</param>
    /// <param name="alias">What it means.</param>
    /// <param name="problem">Why it means nothing, as the service says it where that is known.</param>
    public static bool TryRead(
        string text, PolicyFile names, [NotNullWhen(true)] out Alias? alias, [NotNullWhen(false)] out string? problem)
    {
        var word = text.Trim();
        problem = null;
        alias = word.Contains(':') ? ReadPrefixed(word, names, out problem) : null;
        if (alias is null && problem is null)
        {
            alias = ReadPlain(word, names);
        }

        problem = alias is null ? problem ?? $"{QuotedText.Of(word)}: invalid address" : null;
        return alias is not null;
    }

    /// <summary>A word that says by its prefix what it is; neither alias nor problem if it has none of them.</summary>
    private static Alias? ReadPrefixed(string word, PolicyFile names, out string? problem)
    {
        problem = null;
        if (word.StartsWith(TagPrefix, StringComparison.Ordinal))
        {
            return Defined(names.TagOwners.ContainsKey(word), "tag", word, out problem) ? new TagAlias(word) : null;
        }

        if (word.StartsWith(GroupPrefix, StringComparison.Ordinal))
        {
            return Defined(names.Groups.ContainsKey(word), "group", word, out problem) ? new GroupAlias(word) : null;
        }

        if (word.StartsWith(Autogroups.Prefix, StringComparison.Ordinal))
        {
            return Defined(Autogroups.TryFind(word, out var group), "autogroup", word, out problem) ? new AutogroupAlias(group) : null;
        }

        if (word.StartsWith(IpSetPrefix, StringComparison.Ordinal))
        {
            return Defined(names.IpSets.ContainsKey(word), "ipset", word, out problem) ? new IpSetAlias(word) : null;
        }

        if (word.StartsWith(ServicePrefix, StringComparison.Ordinal))
        {
            problem = IsServiceName(word) ? null : $"{QuotedText.Of(word)}: a service is named svc: and letters, digits and dashes";
            return problem is null ? new ServiceAlias(word) : null;
        }

        if (word.StartsWith(UserPrefix, StringComparison.Ordinal))
        {
            var isDomain = word.StartsWith(DomainUsersPrefix, StringComparison.Ordinal) && word.Length > DomainUsersPrefix.Length;
            problem = isDomain
                ? null
                : $"{QuotedText.Of(word)}: user: must be followed by *@ and a domain; a single user is written without it";
            return isDomain ? new DomainUsersAlias(word[DomainUsersPrefix.Length..]) : null;
        }

        return null;
    }

    private static Alias? ReadPlain(string word, PolicyFile names)
    {
        if (word == "*")
        {
            return WildcardAlias.Instance;
        }

        if (AddressText.TryParsePrefix(word, out var prefix))
        {
            return new PrefixAlias(prefix);
        }

        var at = word.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            return at > 0 ? new UserAlias(word) : null;
        }

        if (AddressText.TryParseRange(word, out var range))
        {
            return range;
        }

        return names.Hosts.TryGetValue(word, out var host) ? new HostAlias(word, host) : null;
    }

    internal static bool IsServiceName(string word) =>
        word.Length > ServicePrefix.Length && word.AsSpan(ServicePrefix.Length).IndexOfAnyExcept(NameCharacters.Allowed) < 0;

    private static bool Defined(bool isDefined, string kind, string word, out string? problem)
    {
        problem = isDefined ? null : $"{kind} not found: {QuotedText.Of(word)}";
        return isDefined;
    }
}
