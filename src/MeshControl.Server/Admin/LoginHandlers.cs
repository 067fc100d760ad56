using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.Clients;
using MeshControl.Core;
using MeshControl.Core.Logins;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Users;
using MeshControl.Server.Diagnostics;
using MeshControl.Server.Rpc;
using Microsoft.Extensions.Logging;
using Messages = MeshControl.Admin.V1;

namespace MeshControl.Server.Admin;

/// <summary>The admin API's pending logins.</summary>
internal sealed class LoginHandlers(LoginService logins, Tailnet tailnet, ILogger<LoginHandlers> logger)
{
    public RpcService Bind() => new RpcService(AdminServices.Login)
        .Unary(LoginMethods.ListLogins, ListAsync)
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

    private Task<RpcResult<Messages.RejectLoginResponse>> RejectAsync(
        Messages.RejectLoginRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        if (!logins.Reject(request.AuthId).TryGetValue(out var login, out var error))
        {
            return Task.FromResult<RpcResult<Messages.RejectLoginResponse>>(error.ToStatus());
        }

        Log.LoginRejected(logger, ClientText.Shorten(login.Hostname), login.Address, call.Caller);
        return Task.FromResult<RpcResult<Messages.RejectLoginResponse>>(new Messages.RejectLoginResponse());
    }

    private static Result<UserId> IdOf(Result<User> user) => user.TryGetValue(out var found, out var error) ? found.Id : error;
}
