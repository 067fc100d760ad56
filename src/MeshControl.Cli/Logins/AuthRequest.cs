using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.Clients;
using MeshControl.Admin.V1;

namespace MeshControl.Cli.Logins;

/// <summary>What somebody has to decide: one of the two is set.</summary>
internal sealed record AuthRequest(PendingLogin? Login, SshCheck? Check)
{
    public string AuthId => Login?.AuthId ?? Check!.AuthId;

    /// <summary>The device that asks.</summary>
    public string Hostname => Login?.Hostname ?? Check!.SourceName;

    public User? User => Login is null ? Check!.User : Login.User;

    public IReadOnlyList<string> Tags => Login?.Tags ?? Check!.Tags;

    /// <summary>As whom the device wants to log in where; empty for one that wants to be let in.</summary>
    public string Ssh => Check is null ? "" : $"{Check.LocalUser}@{Check.DestinationName}";

    public Timestamp CreatedAt => Login?.CreatedAt ?? Check!.CreatedAt;

    public Timestamp ExpiresAt => Login?.ExpiresAt ?? Check!.ExpiresAt;

    /// <summary>Devices first, either in the order in which they asked.</summary>
    /// <param name="client">The server.</param>
    /// <param name="pageSize">0 for the server's choice.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async IAsyncEnumerable<AuthRequest> ListAsync(
        AdminClient client, int pageSize, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var login in client.ListLoginsAsync(new ListLoginsRequest { PageSize = pageSize }, cancellationToken))
        {
            yield return new AuthRequest(login, null);
        }

        await foreach (var check in client.ListSshChecksAsync(new ListSshChecksRequest { PageSize = pageSize }, cancellationToken))
        {
            yield return new AuthRequest(null, check);
        }
    }
}
