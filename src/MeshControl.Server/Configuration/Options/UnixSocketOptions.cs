namespace MeshControl.Server.Configuration.Options;

/// <summary>The socket for the administration on this machine; whoever may connect to it may do everything.</summary>
public sealed record UnixSocketOptions
{
    public required string Path { get; init; }

    /// <summary>Owner and group: the same as Headscale, so that an administrators' group can be used.</summary>
    public UnixFileMode Permission { get; init; } =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute;
}
