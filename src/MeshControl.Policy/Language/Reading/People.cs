using MeshControl.Policy.Text;

namespace MeshControl.Policy.Language.Reading;

/// <summary>Those who may do something: owners of tags, approvers of routes.</summary>
internal static class People
{
    /// <param name="item">A string.</param>
    /// <param name="where">What stands before the message.</param>
    /// <param name="what">What they are, for messages.</param>
    public static Alias? Read(ReadContext context, HuJsonValue item, string where, string what)
    {
        if (!AliasReader.TryRead(item.Text, context.Names, out var alias, out var problem))
        {
            context.Report(item.Position, where + problem);
            return null;
        }

        var isAllowed = alias switch
        {
            UserAlias or DomainUsersAlias or GroupAlias or TagAlias => true,
            AutogroupAlias { Group: var group } => group == Autogroup.Member || Autogroups.IsRole(group),
            _ => false,
        };
        if (!isAllowed)
        {
            context.Report(
                item.Position,
                $"{where}{QuotedText.Of(item.Text.Trim())} cannot be {what}; "
                + "name a user, a group, a tag or a role such as autogroup:admin");
            return null;
        }

        if (alias is DomainUsersAlias users)
        {
            context.CheckDomain(users.Domain, item.Position, where);
        }

        return alias;
    }
}
