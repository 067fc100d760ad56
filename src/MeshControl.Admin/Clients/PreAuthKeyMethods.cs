using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;

namespace MeshControl.Admin.Clients;

/// <summary>Methods of the service for pre-auth keys.</summary>
public static class PreAuthKeyMethods
{
    public static RpcMethod<CreatePreAuthKeyRequest, CreatePreAuthKeyResponse> CreatePreAuthKey { get; } =
        RpcContract.Unary<CreatePreAuthKeyRequest, CreatePreAuthKeyResponse>(AdminServices.PreAuthKey, nameof(CreatePreAuthKey));

    public static RpcMethod<ListPreAuthKeysRequest, ListPreAuthKeysResponse> ListPreAuthKeys { get; } =
        RpcContract.Unary<ListPreAuthKeysRequest, ListPreAuthKeysResponse>(AdminServices.PreAuthKey, nameof(ListPreAuthKeys));

    public static RpcMethod<ExpirePreAuthKeyRequest, ExpirePreAuthKeyResponse> ExpirePreAuthKey { get; } =
        RpcContract.Unary<ExpirePreAuthKeyRequest, ExpirePreAuthKeyResponse>(AdminServices.PreAuthKey, nameof(ExpirePreAuthKey));

    public static RpcMethod<DeletePreAuthKeyRequest, DeletePreAuthKeyResponse> DeletePreAuthKey { get; } =
        RpcContract.Unary<DeletePreAuthKeyRequest, DeletePreAuthKeyResponse>(AdminServices.PreAuthKey, nameof(DeletePreAuthKey));
}
