using MeshControl.Policy.Text;

namespace MeshControl.Policy.Language.Reading;

/// <summary>What sections have in common that define names.</summary>
internal static class Names
{
    /// <summary>Names count without the white space around them, so two may be the same that were written differently.</summary>
    public static void ReportTwice(ReadContext context, string section, HuJsonMember member) =>
        context.Report(member.Position, $"{section}[{QuotedText.Of(member.Name.Trim())}] is defined twice; leave one of them out");
}
