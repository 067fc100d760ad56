using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Core;
using MeshControl.Core.Keys;
using MeshControl.Core.Model;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Users;
using MeshControl.Server.Rpc;
using Messages = MeshControl.Admin.V1;

namespace MeshControl.Server.Admin;

/// <summary>The admin API's pre-auth keys.</summary>
internal sealed class PreAuthKeyHandlers(Tailnet tailnet)
{
    private static readonly TimeSpan DefaultLifetime = TimeSpan.FromHours(1);

    public RpcService Bind() => new RpcService(AdminServices.PreAuthKey)
        .Unary(PreAuthKeyMethods.CreatePreAuthKey, CreateAsync)
        .Unary(PreAuthKeyMethods.ListPreAuthKeys, ListAsync)
        .Unary(PreAuthKeyMethods.ExpirePreAuthKey, ExpireAsync)
        .Unary(PreAuthKeyMethods.DeletePreAuthKey, DeleteAsync);

    internal static Messages.PreAuthKey ToMessage(PreAuthKey key, TailnetSnapshot snapshot) => new()
    {
        Id = key.Id.Value,
        Prefix = PreAuthKeyText.Scheme + key.Prefix,
        User = key.Owner is { } owner && snapshot.Users.TryGetValue(owner, out var user) ? UserHandlers.ToMessage(user) : null,
        Tags = { key.Tags },
        Reusable = key.Reusable,
        Ephemeral = key.Ephemeral,
        Preapproved = key.Preapproved,
        Used = key.UsedAt is not null,
        Expiration = End(key) is { } end ? Timestamp.FromDateTimeOffset(end) : null,
        CreatedAt = Timestamp.FromDateTimeOffset(key.CreatedAt),
    };

    private async Task<RpcResult<Messages.CreatePreAuthKeyResponse>> CreateAsync(
        Messages.CreatePreAuthKeyRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        UserId? owner = null;
        if (request.User.Length > 0)
        {
            if (!UserNames.Find(tailnet.Snapshot, request.User).TryGetValue(out var user, out var unknown))
            {
                return unknown.ToStatus();
            }

            owner = user.Id;
        }

        if (!WellKnownTimes.TryRead(request.Lifetime, out var lifetime))
        {
            return RpcStatus.InvalidArgument("The lifetime of the key is not a valid duration.");
        }

        var command = new CreatePreAuthKeyCommand
        {
            Owner = owner,
            Tags = request.Tags,
            Reusable = request.Reusable,
            Ephemeral = request.Ephemeral,
            Preapproved = request.Preapproved,
            Lifetime = lifetime ?? DefaultLifetime,
        };
        var result = await tailnet.ExecuteAsync(command, cancellationToken);
        return result.TryGetValue(out var created, out var error)
            ? new Messages.CreatePreAuthKeyResponse { PreAuthKey = ToMessage(created.Key, tailnet.Snapshot), Key = created.Text }
            : error.ToStatus();
    }

    private Task<RpcResult<Messages.ListPreAuthKeysResponse>> ListAsync(
        Messages.ListPreAuthKeysRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var snapshot = tailnet.Snapshot;
        var page = AdminPages.Take(
            snapshot.PreAuthKeys.Values, key => key.Id.Value, key => ToMessage(key, snapshot), request.PageSize, request.PageToken);
        return Task.FromResult<RpcResult<Messages.ListPreAuthKeysResponse>>(page.Message is { } found
            ? new Messages.ListPreAuthKeysResponse { PreAuthKeys = { found.Items }, NextPageToken = found.NextToken }
            : page.Failure!);
    }

    private async Task<RpcResult<Messages.ExpirePreAuthKeyResponse>> ExpireAsync(
        Messages.ExpirePreAuthKeyRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        if (!Find(request.HasKey, request.Key, request.Id).TryGetValue(out var id, out var error))
        {
            return error.ToStatus();
        }

        var result = await tailnet.ExecuteAsync(new ExpirePreAuthKeyCommand(id), cancellationToken);
        return result.TryGetValue(out var key, out error)
            ? new Messages.ExpirePreAuthKeyResponse { PreAuthKey = ToMessage(key, tailnet.Snapshot) }
            : error.ToStatus();
    }

    private async Task<RpcResult<Messages.DeletePreAuthKeyResponse>> DeleteAsync(
        Messages.DeletePreAuthKeyRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        if (!Find(request.HasKey, request.Key, request.Id).TryGetValue(out var id, out var error))
        {
            return error.ToStatus();
        }

        var result = await tailnet.ExecuteAsync(new DeletePreAuthKeyCommand(id), cancellationToken);
        return result.TryGetValue(out _, out error) ? new Messages.DeletePreAuthKeyResponse() : error.ToStatus();
    }

    /// <summary>A revoked key ends when it was revoked, whatever it was given at first.</summary>
    private static DateTimeOffset? End(PreAuthKey key) =>
        key.RevokedAt is { } revoked && !(key.Expiry < revoked) ? revoked : key.Expiry;

    private Result<PreAuthKeyId> Find(bool byText, string text, long id) =>
        !byText ? new PreAuthKeyId(id)
        : PreAuthKeyFinder.Find(tailnet.Snapshot, text).TryGetValue(out var key, out var error) ? key.Id
        : error;
}
