using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Users;
using MeshControl.Policy.World;
using MeshControl.Server.Rpc;
using Messages = MeshControl.Admin.V1;

namespace MeshControl.Server.Admin;

/// <summary>The admin API's users.</summary>
internal sealed class UserHandlers(Tailnet tailnet)
{
    private const string LocalProvider = "local";

    private static readonly RpcStatus UnknownRole = RpcStatus.InvalidArgument("The server knows no such role.");

    public RpcService Bind() => new RpcService(AdminServices.User)
        .Unary(UserMethods.CreateUser, CreateAsync)
        .Unary(UserMethods.GetUser, GetAsync)
        .Unary(UserMethods.ListUsers, ListAsync)
        .Unary(UserMethods.RenameUser, RenameAsync)
        .Unary(UserMethods.SetUserRole, SetRoleAsync)
        .Unary(UserMethods.DeleteUser, DeleteAsync);

    internal static Messages.User ToMessage(User user) => new()
    {
        Id = user.Id.Value,
        Name = user.Name,
        DisplayName = user.DisplayName,
        Email = user.Email ?? "",
        Provider = LocalProvider,
        ProfilePicUrl = user.PictureUrl ?? "",
        CreatedAt = Timestamp.FromDateTimeOffset(user.CreatedAt),
        Role = ToMessage(user.Role),
    };

    private async Task<RpcResult<Messages.CreateUserResponse>> CreateAsync(
        Messages.CreateUserRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        UserRole? role = null;
        if (request.Role != Messages.UserRole.Unspecified)
        {
            role = FromMessage(request.Role);
            if (role is null)
            {
                return UnknownRole;
            }
        }

        var command = new CreateUserCommand(request.Name, request.DisplayName, request.Email, request.ProfilePicUrl, role);
        var result = await tailnet.ExecuteAsync(command, cancellationToken);
        return result.TryGetValue(out var user, out var error)
            ? new Messages.CreateUserResponse { User = ToMessage(user) }
            : error.ToStatus();
    }

    private Task<RpcResult<Messages.GetUserResponse>> GetAsync(
        Messages.GetUserRequest request, RpcCall call, CancellationToken cancellationToken) =>
        Task.FromResult<RpcResult<Messages.GetUserResponse>>(
            UserNames.Find(tailnet.Snapshot, request.User).TryGetValue(out var user, out var error)
                ? new Messages.GetUserResponse { User = ToMessage(user) }
                : error.ToStatus());

    private Task<RpcResult<Messages.ListUsersResponse>> ListAsync(
        Messages.ListUsersRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var users = Filter(tailnet.Snapshot, request);
        var page = AdminPages.Take(users, user => user.Id.Value, ToMessage, request.PageSize, request.PageToken);
        return Task.FromResult<RpcResult<Messages.ListUsersResponse>>(page.Message is { } found
            ? new Messages.ListUsersResponse { Users = { found.Items }, NextPageToken = found.NextToken }
            : page.Failure!);
    }

    private async Task<RpcResult<Messages.RenameUserResponse>> RenameAsync(
        Messages.RenameUserRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        if (!UserNames.Find(tailnet.Snapshot, request.User).TryGetValue(out var user, out var error))
        {
            return error.ToStatus();
        }

        var result = await tailnet.ExecuteAsync(new RenameUserCommand(user.Id, request.NewName), cancellationToken);
        return result.TryGetValue(out var renamed, out error)
            ? new Messages.RenameUserResponse { User = ToMessage(renamed) }
            : error.ToStatus();
    }

    private async Task<RpcResult<Messages.SetUserRoleResponse>> SetRoleAsync(
        Messages.SetUserRoleRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        if (FromMessage(request.Role) is not { } role)
        {
            return UnknownRole;
        }

        if (!UserNames.Find(tailnet.Snapshot, request.User).TryGetValue(out var user, out var error))
        {
            return error.ToStatus();
        }

        var result = await tailnet.ExecuteAsync(new SetUserRoleCommand(user.Id, role), cancellationToken);
        return result.TryGetValue(out var changed, out error)
            ? new Messages.SetUserRoleResponse { User = ToMessage(changed) }
            : error.ToStatus();
    }

    private async Task<RpcResult<Messages.DeleteUserResponse>> DeleteAsync(
        Messages.DeleteUserRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        if (!UserNames.Find(tailnet.Snapshot, request.User).TryGetValue(out var user, out var error))
        {
            return error.ToStatus();
        }

        var result = await tailnet.ExecuteAsync(new DeleteUserCommand(user.Id), cancellationToken);
        return result.TryGetValue(out _, out error) ? new Messages.DeleteUserResponse() : error.ToStatus();
    }

    private static Messages.UserRole ToMessage(UserRole role) => role switch
    {
        UserRole.Owner => Messages.UserRole.Owner,
        UserRole.Admin => Messages.UserRole.Admin,
        UserRole.NetworkAdmin => Messages.UserRole.NetworkAdmin,
        UserRole.ItAdmin => Messages.UserRole.ItAdmin,
        UserRole.BillingAdmin => Messages.UserRole.BillingAdmin,
        UserRole.Auditor => Messages.UserRole.Auditor,
        _ => Messages.UserRole.Member,
    };

    /// <summary>Null when it is none, or one that came with a later version.</summary>
    private static UserRole? FromMessage(Messages.UserRole role) => role switch
    {
        Messages.UserRole.Member => UserRole.Member,
        Messages.UserRole.Owner => UserRole.Owner,
        Messages.UserRole.Admin => UserRole.Admin,
        Messages.UserRole.NetworkAdmin => UserRole.NetworkAdmin,
        Messages.UserRole.ItAdmin => UserRole.ItAdmin,
        Messages.UserRole.BillingAdmin => UserRole.BillingAdmin,
        Messages.UserRole.Auditor => UserRole.Auditor,
        _ => null,
    };

    private static IEnumerable<User> Filter(TailnetSnapshot snapshot, Messages.ListUsersRequest request)
    {
        switch (request.FilterCase)
        {
            case Messages.ListUsersRequest.FilterOneofCase.Id:
                return snapshot.Users.TryGetValue(new UserId(request.Id), out var byId) ? [byId] : [];
            case Messages.ListUsersRequest.FilterOneofCase.Name:
                return snapshot.TryGetUser(UserNames.Normalise(request.Name), out var byName) ? [byName] : [];
            case Messages.ListUsersRequest.FilterOneofCase.Email:
                var email = UserNames.Normalise(request.Email);
                return snapshot.Users.Values.Where(user => user.Email == email);
            default:
                return snapshot.Users.Values;
        }
    }
}
