using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;

namespace MeshControl.Admin.Clients;

/// <summary>Methods of the service for users.</summary>
public static class UserMethods
{
    public static RpcMethod<CreateUserRequest, CreateUserResponse> CreateUser { get; } =
        RpcContract.Unary<CreateUserRequest, CreateUserResponse>(AdminServices.User, nameof(CreateUser));

    public static RpcMethod<ListUsersRequest, ListUsersResponse> ListUsers { get; } =
        RpcContract.Unary<ListUsersRequest, ListUsersResponse>(AdminServices.User, nameof(ListUsers));
}
