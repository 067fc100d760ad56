namespace MeshControl.Store.Rows;

/// <summary>A user. Times are UTC microseconds.</summary>
internal sealed class UserRow
{
    public long Id { get; set; }

    public long TailnetId { get; set; }

    /// <summary>Unique in the tailnet.</summary>
    public required string Name { get; set; }

    public required string DisplayName { get; set; }

    public string? Email { get; set; }

    public string? PictureUrl { get; set; }

    /// <summary>The number of a role, as <see cref="Core.Users.UserRoles.NumberOf"/> gives it.</summary>
    public int Role { get; set; }

    public long CreatedAt { get; set; }
}
