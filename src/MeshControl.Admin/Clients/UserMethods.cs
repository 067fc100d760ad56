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

    public static RpcMethod<GetUserRequest, GetUserResponse> GetUser { get; } =
        RpcContract.Unary<GetUserRequest, GetUserResponse>(AdminServices.User, nameof(GetUser));

    public static RpcMethod<RenameUserRequest, RenameUserResponse> RenameUser { get; } =
        RpcContract.Unary<RenameUserRequest, RenameUserResponse>(AdminServices.User, nameof(RenameUser));

    public static RpcMethod<SetUserRoleRequest, SetUserRoleResponse> SetUserRole { get; } =
        RpcContract.Unary<SetUserRoleRequest, SetUserRoleResponse>(AdminServices.User, nameof(SetUserRole));

    public static RpcMethod<DeleteUserRequest, DeleteUserResponse> DeleteUser { get; } =
        RpcContract.Unary<DeleteUserRequest, DeleteUserResponse>(AdminServices.User, nameof(DeleteUser));
}
