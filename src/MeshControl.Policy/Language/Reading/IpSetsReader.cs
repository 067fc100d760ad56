using System.Collections.Immutable;
using MeshControl.Policy.Text;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language.Reading;

/// <summary><c>ipsets</c>: names for addresses that are added and removed in order. A set may hold others.</summary>
internal sealed class IpSetsReader
{
    /// <summary>Most prefixes of all sets together, and most that sets inside of others bring: a short text can mean very many.</summary>
    public const int MaxPrefixes = 50_000;

    /// <summary>Deepest nesting of sets.</summary>
    public const int MaxNesting = 16;

    private const string Internet = "autogroup:internet";
    private const string HostPrefix = "host:";

    private readonly ReadContext _context;
    private readonly Dictionary<string, HuJsonMember> _members = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<IpPrefix>> _done = new(StringComparer.Ordinal);
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private int _budget = MaxPrefixes;

    private IpSetsReader(ReadContext context) => _context = context;

    public static ImmutableDictionary<string, ImmutableArray<IpPrefix>> Read(ReadContext context, HuJsonValue? section)
    {
        var reader = new IpSetsReader(context);
        foreach (var member in context.Table(section, "ipsets"))
        {
            var name = member.Name.Trim();
            if (!name.StartsWith(AliasReader.IpSetPrefix, StringComparison.Ordinal) || name.Length == AliasReader.IpSetPrefix.Length)
            {
                context.Report(
                    member.Position,
                    $"ipsets[{QuotedText.Of(name)}]: a set is named ipset: and something, such as ipset:office");
            }
            else if (!reader._members.TryAdd(name, member))
            {
                Names.ReportTwice(context, "ipsets", member);
            }
        }

        foreach (var name in reader._members.Keys)
        {
            if (context.IsGood)
            {
                reader.Resolve(name);
            }
        }

        return reader._done.ToImmutableDictionary(StringComparer.Ordinal);
    }

    private ImmutableArray<IpPrefix> Resolve(string name)
    {
        if (_done.TryGetValue(name, out var known))
        {
            return known;
        }

        var member = _members[name];
        if (_open.Count == MaxNesting)
        {
            _context.Report(member.Position, $"ipsets[{QuotedText.Of(name)}]: sets may be nested {MaxNesting} deep, not deeper");
            return [];
        }

        _open.Add(name);
        var steps = new List<IpSetSweep.Step>();
        foreach (var item in _context.Strings(member.Value.Kind == HuJsonKind.Null ? null : member.Value, name))
        {
            if (!ReadEntry(item, name, steps))
            {
                break;
            }
        }

        _open.Remove(name);
        var prefixes = _context.IsGood ? IpSetSweep.Run(steps, _budget) : [];
        if (prefixes is null)
        {
            ReportTooMany(member.Position);
        }

        _budget -= prefixes?.Length ?? 0;
        return _done[name] = prefixes ?? [];
    }

    private bool ReadEntry(HuJsonValue item, string set, List<IpSetSweep.Step> steps)
    {
        var text = item.Text.AsSpan().Trim();
        var isRemoved = TakeWord(ref text, "remove");
        if (!isRemoved)
        {
            TakeWord(ref text, "add");
        }

        var what = text.ToString();
        var before = steps.Count;
        if (what.StartsWith(AliasReader.IpSetPrefix, StringComparison.Ordinal))
        {
            if (!_members.ContainsKey(what) || _open.Contains(what))
            {
                var problem = _open.Contains(what) ? "would hold itself through" : "ipset not found:";
                _context.Report(item.Position, $"ipsets[{QuotedText.Of(set)}]: {problem} {QuotedText.Of(what)}");
                return false;
            }

            steps.AddRange(Resolve(what).Select(prefix => new IpSetSweep.Step(AddressSpan.Of(prefix), !isRemoved)));
            _budget -= steps.Count - before;
            if (_budget < 0)
            {
                ReportTooMany(item.Position);
            }

            return _context.IsGood;
        }

        if (what == Internet)
        {
            steps.AddRange(PublicAddressSpace.Ranges.Select(range => new IpSetSweep.Step(AddressSpan.Of(range), !isRemoved)));
        }
        else if (AddressText.TryParsePrefix(what, out var prefix) || TryFindHost(what, out prefix))
        {
            steps.Add(new IpSetSweep.Step(AddressSpan.Of(prefix), !isRemoved));
        }
        else if (AddressText.TryParseRange(what, out var range))
        {
            steps.Add(new IpSetSweep.Step(AddressSpan.Of(range), !isRemoved));
        }
        else
        {
            _context.Report(
                item.Position,
                $"ipsets[{QuotedText.Of(set)}]: {QuotedText.Of(item.Text)} is no entry such as \"add 10.0.0.0/8\" "
                + "or \"remove host:gateway\"");
            return false;
        }

        return true;
    }

    private bool TryFindHost(string name, out IpPrefix prefix)
    {
        var plain = name.StartsWith(HostPrefix, StringComparison.Ordinal) ? name[HostPrefix.Length..] : name;
        return _context.Names.Hosts.TryGetValue(plain, out prefix);
    }

    private void ReportTooMany(TextPosition position) =>
        _context.Report(position, $"the IP sets of this policy come to more than {MaxPrefixes} prefixes; make them simpler");

    private static bool TakeWord(ref ReadOnlySpan<char> text, string word)
    {
        var isNext = text.StartsWith(word) && text.Length > word.Length && char.IsWhiteSpace(text[word.Length]);
        text = isNext ? text[word.Length..].TrimStart() : text;
        return isNext;
    }
}
