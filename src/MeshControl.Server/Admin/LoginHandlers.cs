using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.Clients;
using MeshControl.Core;
using MeshControl.Core.Logins;
using MeshControl.Core.Model;
using MeshControl.Core.SshChecks;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Users;
using MeshControl.Server.Diagnostics;
using MeshControl.Server.Pages;
using MeshControl.Server.Rpc;
using Microsoft.Extensions.Logging;
using Messages = MeshControl.Admin.V1;

namespace MeshControl.Server.Admin;

/// <summary>The admin API's pending logins, and logins by SSH that need a check.</summary>
internal sealed class LoginHandlers(LoginService logins, SshCheckService checks, Tailnet tailnet, ILogger<LoginHandlers> logger)
{
    public RpcService Bind() => new RpcService(AdminServices.Login)
        .Unary(LoginMethods.ListLogins, ListAsync)
        .Unary(LoginMethods.ListSshChecks, ListChecksAsync)
        .Unary(LoginMethods.ApproveLogin, ApproveAsync)
        .Unary(LoginMethods.RejectLogin, RejectAsync);

    private static Messages.PendingLogin ToMessage(PendingLogin login, TailnetSnapshot snapshot)
    {
        var owner = LoginService.OwnerOf(login, snapshot) is { } id ? snapshot.Users.GetValueOrDefault(id) : null;
        return new Messages.PendingLogin
        {
            AuthId = login.Id,
            Hostname = login.Hostname,
            Os = login.Request.Hostinfo?.Os ?? "",
            Tags = { login.Request.Hostinfo?.RequestTags ?? [] },
            MachineKey = login.Machine.ToString(),
            Address = login.Address,
            CreatedAt = Timestamp.FromDateTimeOffset(login.CreatedAt),
            ExpiresAt = Timestamp.FromDateTimeOffset(login.ExpiresAt),
            User = owner is null ? null : UserHandlers.ToMessage(owner),
        };
    }

    private static Messages.SshCheck ToMessage(SshCheck check, TailnetSnapshot snapshot)
    {
        var message = new Messages.SshCheck
        {
            AuthId = check.Id,
            SourceId = check.Login.Source.Value,
            SourceName = SshCheckText.NameOf(snapshot, check.Login.Source),
            DestinationId = check.Login.Destination.Value,
            DestinationName = SshCheckText.NameOf(snapshot, check.Login.Destination),
            LocalUser = check.Login.User,
            CreatedAt = Timestamp.FromDateTimeOffset(check.CreatedAt),
            ExpiresAt = Timestamp.FromDateTimeOffset(check.ExpiresAt),
        };
        if (check.Login.Owner is { } owner && snapshot.Users.TryGetValue(owner, out var user))
        {
            message.User = UserHandlers.ToMessage(user);
        }

        if (snapshot.Nodes.TryGet(check.Login.Source, out var source))
        {
            message.Tags.AddRange(source.Node.Tags);
        }

        return message;
    }

    private Task<RpcResult<Messages.ListSshChecksResponse>> ListChecksAsync(
        Messages.ListSshChecksRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var snapshot = tailnet.Snapshot;
        var page = AdminPages.Take(
            checks.PendingOf(tailnet.Id), check => check.Number, check => ToMessage(check, snapshot), request.PageSize, request.PageToken);
        return Task.FromResult<RpcResult<Messages.ListSshChecksResponse>>(page.Message is { } found
            ? new Messages.ListSshChecksResponse { Checks = { found.Items }, NextPageToken = found.NextToken }
            : page.Failure!);
    }

    private Task<RpcResult<Messages.ListLoginsResponse>> ListAsync(
        Messages.ListLoginsRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var snapshot = tailnet.Snapshot;
        var page = AdminPages.Take(
            logins.Pending, login => login.Number, login => ToMessage(login, snapshot), request.PageSize, request.PageToken);
        return Task.FromResult<RpcResult<Messages.ListLoginsResponse>>(page.Message is { } found
            ? new Messages.ListLoginsResponse { Logins = { found.Items }, NextPageToken = found.NextToken }
            : page.Failure!);
    }

    private async Task<RpcResult<Messages.ApproveLoginResponse>> ApproveAsync(
        Messages.ApproveLoginRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        if (checks.Find(request.AuthId) is not null)
        {
            return await ApproveCheckAsync(request, call);
        }

        var user = request.User.Length == 0
            ? logins.PreviousOwner(request.AuthId, tailnet.Snapshot)
            : IdOf(UserNames.Find(tailnet.Snapshot, request.User));
        if (!user.TryGetValue(out var owner, out var error))
        {
            return error.ToStatus();
        }

        var result = await logins.ApproveAsync(request.AuthId, tailnet, new VerifiedIdentity(owner, RegisterMethod.Cli));
        if (!result.TryGetValue(out var entry, out error))
        {
            return error.ToStatus();
        }

        Log.LoginApproved(logger, entry.Id.Value, entry.Node.GivenName, owner.Value, call.Caller);
        return new Messages.ApproveLoginResponse { Node = NodeHandlers.ToMessage(entry, tailnet.Snapshot) };
    }

    private async Task<RpcResult<Messages.ApproveLoginResponse>> ApproveCheckAsync(Messages.ApproveLoginRequest request, RpcCall call)
    {
        if (request.User.Length > 0)
        {
            return CoreError.Refused("This is the check of a login by SSH, which is approved without a user: meshctl auth approve --auth-id ID").ToStatus();
        }

        if (!(await checks.ApproveAsync(request.AuthId, tailnet, identity: null)).TryGetValue(out var check, out var error))
        {
            return error.ToStatus();
        }

        Log.SshCheckApproved(logger, check.Login.Source.Value, check.Login.Destination.Value, ClientText.Show(check.Login.User), call.Caller);
        return new Messages.ApproveLoginResponse { SshCheck = ToMessage(check, tailnet.Snapshot) };
    }

    private Task<RpcResult<Messages.RejectLoginResponse>> RejectAsync(
        Messages.RejectLoginRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        if (checks.Find(request.AuthId) is not null)
        {
            return Task.FromResult(RejectCheck(request, call));
        }

        if (!logins.Reject(request.AuthId).TryGetValue(out var login, out var error))
        {
            return Task.FromResult<RpcResult<Messages.RejectLoginResponse>>(error.ToStatus());
        }

        Log.LoginRejected(logger, ClientText.Shorten(login.Hostname), login.Address, call.Caller);
        return Task.FromResult<RpcResult<Messages.RejectLoginResponse>>(new Messages.RejectLoginResponse());
    }

    private RpcResult<Messages.RejectLoginResponse> RejectCheck(Messages.RejectLoginRequest request, RpcCall call)
    {
        if (!checks.Reject(request.AuthId, tailnet).TryGetValue(out var check, out var error))
        {
            return error.ToStatus();
        }

        Log.SshCheckRejected(logger, check.Login.Source.Value, check.Login.Destination.Value, ClientText.Show(check.Login.User), call.Caller);
        return new Messages.RejectLoginResponse();
    }

    private static Result<UserId> IdOf(Result<User> user) => user.TryGetValue(out var found, out var error) ? found.Id : error;
}
