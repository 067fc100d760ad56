using System.Collections.Immutable;
using MeshControl.Policy.Text;

namespace MeshControl.Policy.Language.Reading;

/// <summary><c>postures</c>: lists of conditions on device attributes.</summary>
internal static class PosturesReader
{
    public static ImmutableDictionary<string, ImmutableArray<PostureCondition>> Read(ReadContext context, HuJsonValue? section)
    {
        var postures = ImmutableDictionary.CreateBuilder<string, ImmutableArray<PostureCondition>>();
        foreach (var member in context.Table(section, "postures"))
        {
            var name = member.Name.Trim();
            if (!name.StartsWith(AliasReader.PosturePrefix, StringComparison.Ordinal) || name.Length == AliasReader.PosturePrefix.Length)
            {
                context.Report(
                    member.Position,
                    $"postures[{QuotedText.Of(name)}]: a posture is named posture: and something, such as posture:trusted");
                break;
            }

            if (!postures.TryAdd(name, ReadConditions(context, name, member.Value)))
            {
                Names.ReportTwice(context, "postures", member);
                break;
            }
        }

        return postures.ToImmutable();
    }

    private static ImmutableArray<PostureCondition> ReadConditions(ReadContext context, string posture, HuJsonValue list)
    {
        var items = context.Strings(list, posture);
        if (items.Count == 0)
        {
            context.Report(list.Position, $"postures[{QuotedText.Of(posture)}] has no conditions; every node would have it");
        }

        var conditions = ImmutableArray.CreateBuilder<PostureCondition>(items.Count);
        foreach (var item in items)
        {
            if (!PostureConditions.TryParse(item.Text, out var condition))
            {
                context.Report(
                    item.Position,
                    $"postures[{QuotedText.Of(posture)}]: {QuotedText.Of(item.Text)} is no condition such as "
                    + "node:os == 'macos', node:os IN ['linux', 'macos'] or custom:tier IS SET");
                break;
            }

            conditions.Add(condition);
        }

        return conditions.ToImmutable();
    }
}
