using MeshControl.Core.Model;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Policy.World;

namespace MeshControl.Core.Users;

/// <summary>Creates a user.</summary>
/// <param name="name">See <see cref="UserNames"/>.</param>
/// <param name="displayName">Free text, may be empty.</param>
/// <param name="email">Null or an address.</param>
/// <param name="pictureUrl">Null or an http or https URL.</param>
/// <param name="role">Null: the first user of a tailnet is its owner, others are members.</param>
public sealed class CreateUserCommand(string name, string displayName, string? email, string? pictureUrl, UserRole? role = null)
    : TailnetCommand<User>
{
    public override IdKind? NeedsId => IdKind.User;

    protected override Result<User> Decide(TailnetDraft draft)
    {
        var normalised = UserNames.Normalise(name);
        var address = string.IsNullOrWhiteSpace(email) ? null : UserNames.Normalise(email);
        var picture = string.IsNullOrWhiteSpace(pictureUrl) ? null : pictureUrl.Trim();
        if (UserNames.Check(normalised) is { } fault)
        {
            return CoreError.Invalid(fault);
        }

        if (displayName.Length > UserNames.MaxLength)
        {
            return CoreError.Invalid($"The display name is longer than {UserNames.MaxLength} characters.");
        }

        if (address is not null && (address.Length > UserNames.MaxLength || !UserNames.IsEmail(address)))
        {
            return CoreError.Invalid($"\"{email}\" is not an e-mail address.");
        }

        if (picture is not null && !(Uri.TryCreate(picture, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
        {
            return CoreError.Invalid($"\"{pictureUrl}\" is not a picture URL; it has to begin with http:// or https://.");
        }

        if (role is { } wanted && UserRoles.Check(wanted) is { } unknown)
        {
            return unknown;
        }

        if (UserNames.NameConflict(draft.Snapshot, normalised, null) is { } taken)
        {
            return taken;
        }

        if (address is not null && UserNames.EmailConflict(draft.Snapshot, address) is { } takenAddress)
        {
            return takenAddress;
        }

        var given = role ?? UserRoles.Default(draft.Snapshot);
        UserRoles.MakeRoomFor(draft, given);
        var user = new User
        {
            Id = draft.NewUserId(),
            Name = normalised,
            DisplayName = displayName.Trim(),
            Email = address,
            PictureUrl = picture,
            Role = given,
            CreatedAt = draft.Now,
        };
        draft.Put(user);
        return user;
    }
}
