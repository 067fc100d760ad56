using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;

namespace MeshControl.Admin.Clients;

/// <summary>Methods of the service for API keys.</summary>
public static class ApiKeyMethods
{
    public static RpcMethod<CreateApiKeyRequest, CreateApiKeyResponse> CreateApiKey { get; } =
        RpcContract.Unary<CreateApiKeyRequest, CreateApiKeyResponse>(AdminServices.ApiKey, nameof(CreateApiKey));

    public static RpcMethod<ListApiKeysRequest, ListApiKeysResponse> ListApiKeys { get; } =
        RpcContract.Unary<ListApiKeysRequest, ListApiKeysResponse>(AdminServices.ApiKey, nameof(ListApiKeys));

    public static RpcMethod<ExpireApiKeyRequest, ExpireApiKeyResponse> ExpireApiKey { get; } =
        RpcContract.Unary<ExpireApiKeyRequest, ExpireApiKeyResponse>(AdminServices.ApiKey, nameof(ExpireApiKey));

    public static RpcMethod<DeleteApiKeyRequest, DeleteApiKeyResponse> DeleteApiKey { get; } =
        RpcContract.Unary<DeleteApiKeyRequest, DeleteApiKeyResponse>(AdminServices.ApiKey, nameof(DeleteApiKey));
}
