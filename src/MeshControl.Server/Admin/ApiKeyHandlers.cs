using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Core.ApiKeys;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Server.Rpc;
using Messages = MeshControl.Admin.V1;

namespace MeshControl.Server.Admin;

/// <summary>The admin API's own keys.</summary>
internal sealed class ApiKeyHandlers(Tailnet tailnet)
{
    private static RpcStatus NothingNamed => RpcStatus.InvalidArgument("Name the API key by its id or its prefix.");

    public RpcService Bind() => new RpcService(AdminServices.ApiKey)
        .Unary(ApiKeyMethods.CreateApiKey, CreateAsync)
        .Unary(ApiKeyMethods.ListApiKeys, ListAsync)
        .Unary(ApiKeyMethods.ExpireApiKey, ExpireAsync)
        .Unary(ApiKeyMethods.DeleteApiKey, DeleteAsync);

    private static Messages.ApiKey ToMessage(ApiKey key) => new()
    {
        Id = key.Id.Value,
        Prefix = ApiKeyText.Scheme + key.Prefix,
        Expiration = Timestamp.FromDateTimeOffset(key.Expiry),
        CreatedAt = Timestamp.FromDateTimeOffset(key.CreatedAt),
    };

    private async Task<RpcResult<Messages.CreateApiKeyResponse>> CreateAsync(
        Messages.CreateApiKeyRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        if (!WellKnownTimes.TryRead(request.Lifetime, out var lifetime))
        {
            return RpcStatus.InvalidArgument("The lifetime of the key is not a valid duration.");
        }

        var result = await tailnet.ExecuteAsync(new CreateApiKeyCommand { Lifetime = lifetime ?? CreateApiKeyCommand.DefaultLifetime }, cancellationToken);
        return result.TryGetValue(out var created, out var error)
            ? new Messages.CreateApiKeyResponse { ApiKey = ToMessage(created.Key), Key = created.Text }
            : error.ToStatus();
    }

    private Task<RpcResult<Messages.ListApiKeysResponse>> ListAsync(
        Messages.ListApiKeysRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var page = AdminPages.Take(
            tailnet.Snapshot.ApiKeys.Values, key => key.Id.Value, ToMessage, request.PageSize, request.PageToken);
        return Task.FromResult<RpcResult<Messages.ListApiKeysResponse>>(page.Message is { } found
            ? new Messages.ListApiKeysResponse { ApiKeys = { found.Items }, NextPageToken = found.NextToken }
            : page.Failure!);
    }

    private async Task<RpcResult<Messages.ExpireApiKeyResponse>> ExpireAsync(
        Messages.ExpireApiKeyRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        ApiKeySelector? selector = request.SelectorCase switch
        {
            Messages.ExpireApiKeyRequest.SelectorOneofCase.Id => ApiKeySelector.ById(request.Id),
            Messages.ExpireApiKeyRequest.SelectorOneofCase.Prefix => ApiKeySelector.ByPrefix(request.Prefix),
            _ => null,
        };
        if (selector is not { } named)
        {
            return NothingNamed;
        }

        var result = await tailnet.ExecuteAsync(new ExpireApiKeyCommand(named), cancellationToken);
        return result.TryGetValue(out var key, out var error)
            ? new Messages.ExpireApiKeyResponse { ApiKey = ToMessage(key) }
            : error.ToStatus();
    }

    private async Task<RpcResult<Messages.DeleteApiKeyResponse>> DeleteAsync(
        Messages.DeleteApiKeyRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        ApiKeySelector? selector = request.SelectorCase switch
        {
            Messages.DeleteApiKeyRequest.SelectorOneofCase.Id => ApiKeySelector.ById(request.Id),
            Messages.DeleteApiKeyRequest.SelectorOneofCase.Prefix => ApiKeySelector.ByPrefix(request.Prefix),
            _ => null,
        };
        if (selector is not { } named)
        {
            return NothingNamed;
        }

        var result = await tailnet.ExecuteAsync(new DeleteApiKeyCommand(named), cancellationToken);
        return result.TryGetValue(out _, out var error) ? new Messages.DeleteApiKeyResponse() : error.ToStatus();
    }
}
