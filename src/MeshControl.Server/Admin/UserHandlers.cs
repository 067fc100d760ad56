using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.Clients;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Users;
using MeshControl.Server.Rpc;
using Messages = MeshControl.Admin.V1;

namespace MeshControl.Server.Admin;

/// <summary>The admin API's users.</summary>
internal sealed class UserHandlers(Tailnet tailnet)
{
    private const string LocalProvider = "local";

    public RpcService Bind() => new RpcService(AdminServices.User)
        .Unary(UserMethods.CreateUser, CreateAsync)
        .Unary(UserMethods.GetUser, GetAsync)
        .Unary(UserMethods.ListUsers, ListAsync)
        .Unary(UserMethods.RenameUser, RenameAsync)
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
    };

    private async Task<RpcResult<Messages.CreateUserResponse>> CreateAsync(
        Messages.CreateUserRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var command = new CreateUserCommand(request.Name, request.DisplayName, request.Email, request.ProfilePicUrl);
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
