using System.Collections.Immutable;
using MeshControl.Policy.Text;

namespace MeshControl.Policy.Language.Reading;

/// <summary>An entry of <c>ssh</c>.</summary>
internal static class SshReader
{
    /// <summary>Longest time that a check may be good for.</summary>
    public static readonly TimeSpan MaxCheckPeriod = TimeSpan.FromHours(168);

    private const string AlwaysCheck = "always";
    private const string LocalpartPrefix = "localpart:*@";

    private static readonly string[] Known =
        ["action", "src", "dst", "users", "checkPeriod", "acceptEnv", "recorder", "enforceRecorder", "srcPosture"];

    public static SshPolicyRule? Read(ReadContext context, HuJsonValue entry)
    {
        if (MemberReader.Read(context, entry, "an entry of ssh", Known) is not { } rule)
        {
            return null;
        }

        var isCheck = ReadAction(context, rule);
        var sourceItems = context.Strings(rule["src"], "src");
        var sources = ReadSources(context, sourceItems);
        var destinationItems = context.Strings(rule["dst"], "dst");
        var destinations = ReadDestinations(context, destinationItems);
        CheckCombinations(context, sources, sourceItems, destinations, destinationItems);
        return new SshPolicyRule(rule.Position)
        {
            Check = isCheck,
            Sources = sources,
            Destinations = destinations,
            Users = ReadUsers(context, rule),
            CheckPeriod = ReadCheckPeriod(context, rule["checkPeriod"], isCheck) ?? SshPolicyRule.DefaultCheckPeriod,
            AcceptEnv = ReadAcceptEnv(context, rule["acceptEnv"]),
            Recorders = ReadRecorders(context, rule["recorder"]),
            EnforceRecorder = context.Flag(rule["enforceRecorder"], "enforceRecorder"),
            SourcePostures = RuleSides.ReadPostures(context, rule["srcPosture"], "srcPosture"),
        };
    }

    private static bool ReadAction(ReadContext context, MemberReader rule)
    {
        var action = context.String(rule["action"], "action")?.Trim() ?? "";
        if (action is not ("accept" or "check"))
        {
            context.Report(
                rule["action"]?.Position ?? rule.Position,
                action.Length == 0 ? "action must be specified" : $"{QuotedText.Of(action)} is not a valid action");
        }

        return action == "check";
    }

    private static ImmutableArray<Alias> ReadSources(ReadContext context, IReadOnlyList<HuJsonValue> items)
    {
        var sources = ImmutableArray.CreateBuilder<Alias>(items.Count);
        foreach (var item in items)
        {
            if (!AliasReader.TryRead(item.Text, context.Names, out var alias, out var problem))
            {
                context.Report(item.Position, problem);
                break;
            }

            var isAllowed = alias switch
            {
                UserAlias or DomainUsersAlias or GroupAlias or TagAlias => true,
                AutogroupAlias { Group: Autogroup.Member or Autogroup.Tagged or Autogroup.Shared } => true,
                AutogroupAlias { Group: var group } => Autogroups.IsRole(group),
                _ => false,
            };
            if (!isAllowed)
            {
                context.Report(item.Position, $"invalid src {QuotedText.Of(item.Text.Trim())}");
                break;
            }

            if (alias is DomainUsersAlias users)
            {
                context.CheckDomain(users.Domain, item.Position, "[ssh] ");
            }

            sources.Add(alias);
        }

        return sources.ToImmutable();
    }

    private static ImmutableArray<Alias> ReadDestinations(ReadContext context, IReadOnlyList<HuJsonValue> items)
    {
        var destinations = ImmutableArray.CreateBuilder<Alias>(items.Count);
        foreach (var item in items)
        {
            if (!AliasReader.TryRead(item.Text, context.Names, out var alias, out var problem))
            {
                context.Report(item.Position, problem);
                break;
            }

            if (alias is not (UserAlias or TagAlias or AutogroupAlias { Group: Autogroup.Member or Autogroup.Tagged or Autogroup.Self }))
            {
                context.Report(item.Position, $"invalid dst {QuotedText.Of(item.Text.Trim())}");
                break;
            }

            destinations.Add(alias);
        }

        return destinations.ToImmutable();
    }

    /// <summary>People's machines are open to their owners alone, or to people; machines without an owner are no source for them.</summary>
    private static void CheckCombinations(
        ReadContext context,
        ImmutableArray<Alias> sources,
        IReadOnlyList<HuJsonValue> sourceItems,
        ImmutableArray<Alias> destinations,
        IReadOnlyList<HuJsonValue> destinationItems)
    {
        var selfIsChecked = false;
        var isTagged = sources.Any(source => source is TagAlias or AutogroupAlias { Group: Autogroup.Tagged });
        var onlySource = sources.Distinct().Take(2).ToArray() is [var single] ? single : null;
        for (var i = 0; i < destinations.Length; i++)
        {
            var position = destinationItems[i].Position;
            switch (destinations[i])
            {
                case AutogroupAlias { Group: Autogroup.Self } when !selfIsChecked:
                    RuleSides.CheckSourcesOfSelf(context, sources, sourceItems, allowsWildcard: false);
                    selfIsChecked = true;
                    break;
                case UserAlias user when sources.Length > 0 && !user.Equals(onlySource):
                    context.Report(position, $"dst {QuotedText.Of(user.Login)}: a user as dst needs the same user as the only src");
                    break;
                case AutogroupAlias { Group: Autogroup.Member } when isTagged:
                    context.Report(position, "tagged nodes as src cannot have autogroup:member as dst");
                    break;
                default:
                    break;
            }
        }
    }

    private static ImmutableArray<string> ReadUsers(ReadContext context, MemberReader rule)
    {
        var items = context.Strings(rule["users"], "users");
        if (items.Count == 0)
        {
            context.Report(rule["users"]?.Position ?? rule.Position, "users must be specified");
        }

        var users = ImmutableArray.CreateBuilder<string>(items.Count);
        foreach (var item in items)
        {
            var user = item.Text.Trim();
            if (user is "" or "*")
            {
                context.Report(item.Position, $"user {QuotedText.Of(user)} is not valid");
            }

            // Whatever is not exactly of this form is a login name.
            if (user.StartsWith(LocalpartPrefix, StringComparison.Ordinal) && user.Length > LocalpartPrefix.Length)
            {
                context.CheckDomain(user[LocalpartPrefix.Length..], item.Position);
            }

            users.Add(user);
        }

        return users.ToImmutable();
    }

    private static TimeSpan? ReadCheckPeriod(ReadContext context, HuJsonValue? value, bool isCheck)
    {
        if (context.String(value, "checkPeriod")?.Trim() is not { } text)
        {
            return null;
        }

        if (!isCheck)
        {
            context.Report(value!.Position, "checkPeriod needs the action \"check\"; with \"accept\" nobody is checked");
        }

        if (text == AlwaysCheck)
        {
            return TimeSpan.Zero;
        }

        if (!GoDuration.TryParse(text, out var nanoseconds, out var problem))
        {
            context.Report(value!.Position, problem);
            return null;
        }

        if (nanoseconds < 0)
        {
            context.Report(value!.Position, $"checkPeriod {GoDuration.Format(nanoseconds)} must be a positive duration");
        }

        if (nanoseconds > MaxCheckPeriod.Ticks * TimeSpan.NanosecondsPerTick)
        {
            context.Report(value!.Position, $"checkPeriod {GoDuration.Format(nanoseconds)} is above the max (168h)");
        }

        // Less than a tick is more than nothing, which would mean something else.
        var ticks = nanoseconds / TimeSpan.NanosecondsPerTick;
        return new TimeSpan(ticks == 0 && nanoseconds > 0 ? 1 : ticks);
    }

    private static ImmutableArray<string> ReadAcceptEnv(ReadContext context, HuJsonValue? list)
    {
        var items = context.Strings(list, "acceptEnv");
        foreach (var item in items)
        {
            if (string.IsNullOrWhiteSpace(item.Text))
            {
                context.Report(item.Position, "acceptEnv values cannot be empty");
            }
        }

        return [.. items.Select(item => item.Text)];
    }

    private static ImmutableArray<string> ReadRecorders(ReadContext context, HuJsonValue? list)
    {
        var recorders = ImmutableArray.CreateBuilder<string>();
        foreach (var item in context.Strings(list, "recorder"))
        {
            if (!AliasReader.TryRead(item.Text, context.Names, out var alias, out var problem))
            {
                context.Report(item.Position, problem);
                break;
            }

            if (alias is not TagAlias tag)
            {
                context.Report(
                    item.Position,
                    $"recorder {QuotedText.Of(item.Text.Trim())}: sessions are recorded by nodes with a tag; name a tag");
                break;
            }

            recorders.Add(tag.Name);
        }

        return recorders.ToImmutable();
    }
}
