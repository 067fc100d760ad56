using System.Runtime.CompilerServices;
using Google.Protobuf;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;

namespace MeshControl.Admin.Clients;

/// <summary>
/// The admin API as plain methods. Lists follow the pages by themselves. Every method throws <see cref="RpcException"/>
/// for an answer other than OK.
/// </summary>
/// <param name="channel">Not owned.</param>
/// <param name="options">For every call; a timeout counts per call, so per page of a list.</param>
public sealed class AdminClient(RpcChannel channel, RpcCallOptions options)
{
    public async Task<User> CreateUserAsync(CreateUserRequest request, CancellationToken cancellationToken) =>
        (await CallAsync(UserMethods.CreateUser, request, cancellationToken)).User;

    /// <param name="user">Name, id or e-mail address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<User> GetUserAsync(string user, CancellationToken cancellationToken) =>
        (await CallAsync(UserMethods.GetUser, new GetUserRequest { User = user }, cancellationToken)).User;

    public IAsyncEnumerable<User> ListUsersAsync(ListUsersRequest request, CancellationToken cancellationToken) =>
        PagesAsync(
            token => CallAsync(UserMethods.ListUsers, new ListUsersRequest(request) { PageToken = token }, cancellationToken),
            page => (page.Users, page.NextPageToken),
            cancellationToken);

    public async Task<User> RenameUserAsync(RenameUserRequest request, CancellationToken cancellationToken) =>
        (await CallAsync(UserMethods.RenameUser, request, cancellationToken)).User;

    public async Task<User> SetUserRoleAsync(SetUserRoleRequest request, CancellationToken cancellationToken) =>
        (await CallAsync(UserMethods.SetUserRole, request, cancellationToken)).User;

    /// <inheritdoc cref="GetUserAsync"/>
    public Task DeleteUserAsync(string user, CancellationToken cancellationToken) =>
        CallAsync(UserMethods.DeleteUser, new DeleteUserRequest { User = user }, cancellationToken);

    public async Task<Node> GetNodeAsync(long id, CancellationToken cancellationToken) =>
        (await CallAsync(NodeMethods.GetNode, new GetNodeRequest { Id = id }, cancellationToken)).Node;

    public IAsyncEnumerable<Node> ListNodesAsync(ListNodesRequest request, CancellationToken cancellationToken) =>
        PagesAsync(
            token => CallAsync(NodeMethods.ListNodes, new ListNodesRequest(request) { PageToken = token }, cancellationToken),
            page => (page.Nodes, page.NextPageToken),
            cancellationToken);

    public async Task<Node> RenameNodeAsync(RenameNodeRequest request, CancellationToken cancellationToken) =>
        (await CallAsync(NodeMethods.RenameNode, request, cancellationToken)).Node;

    public async Task<Node> ExpireNodeAsync(ExpireNodeRequest request, CancellationToken cancellationToken) =>
        (await CallAsync(NodeMethods.ExpireNode, request, cancellationToken)).Node;

    public async Task<Node> SetNodeTagsAsync(SetNodeTagsRequest request, CancellationToken cancellationToken) =>
        (await CallAsync(NodeMethods.SetNodeTags, request, cancellationToken)).Node;

    public async Task<Node> MoveNodeAsync(MoveNodeRequest request, CancellationToken cancellationToken) =>
        (await CallAsync(NodeMethods.MoveNode, request, cancellationToken)).Node;

    /// <returns>The ids of those to whom it was done.</returns>
    public async Task<IReadOnlyList<long>> ChangeNodesAsync(ChangeNodesRequest request, CancellationToken cancellationToken) =>
        (await CallAsync(NodeMethods.ChangeNodes, request, cancellationToken)).Ids;

    /// <returns>How long the node's answer took.</returns>
    public async Task<TimeSpan> PingNodeAsync(long id, CancellationToken cancellationToken) =>
        (await CallAsync(NodeMethods.PingNode, new PingNodeRequest { Id = id }, cancellationToken)).Latency.ToTimeSpan();

    public async Task<Node> ApproveNodeAsync(long id, CancellationToken cancellationToken) =>
        (await CallAsync(NodeMethods.ApproveNode, new ApproveNodeRequest { Id = id }, cancellationToken)).Node;

    public Task RejectNodeAsync(long id, CancellationToken cancellationToken) =>
        CallAsync(NodeMethods.RejectNode, new RejectNodeRequest { Id = id }, cancellationToken);

    public Task DeleteNodeAsync(long id, CancellationToken cancellationToken) =>
        CallAsync(NodeMethods.DeleteNode, new DeleteNodeRequest { Id = id }, cancellationToken);

    /// <returns>The key's record and, only this once, its whole text.</returns>
    public Task<CreatePreAuthKeyResponse> CreatePreAuthKeyAsync(CreatePreAuthKeyRequest request, CancellationToken cancellationToken) =>
        CallAsync(PreAuthKeyMethods.CreatePreAuthKey, request, cancellationToken);

    public IAsyncEnumerable<PreAuthKey> ListPreAuthKeysAsync(ListPreAuthKeysRequest request, CancellationToken cancellationToken) =>
        PagesAsync(
            token => CallAsync(
                PreAuthKeyMethods.ListPreAuthKeys, new ListPreAuthKeysRequest(request) { PageToken = token }, cancellationToken),
            page => (page.PreAuthKeys, page.NextPageToken),
            cancellationToken);

    public async Task<PreAuthKey> ExpirePreAuthKeyAsync(ExpirePreAuthKeyRequest request, CancellationToken cancellationToken) =>
        (await CallAsync(PreAuthKeyMethods.ExpirePreAuthKey, request, cancellationToken)).PreAuthKey;

    public Task DeletePreAuthKeyAsync(DeletePreAuthKeyRequest request, CancellationToken cancellationToken) =>
        CallAsync(PreAuthKeyMethods.DeletePreAuthKey, request, cancellationToken);

    /// <returns>The key's record and, only this once, its whole text.</returns>
    public Task<CreateApiKeyResponse> CreateApiKeyAsync(CreateApiKeyRequest request, CancellationToken cancellationToken) =>
        CallAsync(ApiKeyMethods.CreateApiKey, request, cancellationToken);

    public IAsyncEnumerable<ApiKey> ListApiKeysAsync(ListApiKeysRequest request, CancellationToken cancellationToken) =>
        PagesAsync(
            token => CallAsync(ApiKeyMethods.ListApiKeys, new ListApiKeysRequest(request) { PageToken = token }, cancellationToken),
            page => (page.ApiKeys, page.NextPageToken),
            cancellationToken);

    public async Task<ApiKey> ExpireApiKeyAsync(ExpireApiKeyRequest request, CancellationToken cancellationToken) =>
        (await CallAsync(ApiKeyMethods.ExpireApiKey, request, cancellationToken)).ApiKey;

    public Task DeleteApiKeyAsync(DeleteApiKeyRequest request, CancellationToken cancellationToken) =>
        CallAsync(ApiKeyMethods.DeleteApiKey, request, cancellationToken);

    public IAsyncEnumerable<PendingLogin> ListLoginsAsync(ListLoginsRequest request, CancellationToken cancellationToken) =>
        PagesAsync(
            token => CallAsync(LoginMethods.ListLogins, new ListLoginsRequest(request) { PageToken = token }, cancellationToken),
            page => (page.Logins, page.NextPageToken),
            cancellationToken);

    public IAsyncEnumerable<SshCheck> ListSshChecksAsync(ListSshChecksRequest request, CancellationToken cancellationToken) =>
        PagesAsync(
            token => CallAsync(LoginMethods.ListSshChecks, new ListSshChecksRequest(request) { PageToken = token }, cancellationToken),
            page => (page.Checks, page.NextPageToken),
            cancellationToken);

    public Task<ApproveLoginResponse> ApproveLoginAsync(ApproveLoginRequest request, CancellationToken cancellationToken) =>
        CallAsync(LoginMethods.ApproveLogin, request, cancellationToken);

    /// <param name="authId">The id of the login, or the URL that the client shows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task RejectLoginAsync(string authId, CancellationToken cancellationToken) =>
        CallAsync(LoginMethods.RejectLogin, new RejectLoginRequest { AuthId = authId }, cancellationToken);

    /// <param name="version">0: the one in force.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<GetPolicyResponse> GetPolicyAsync(long version, CancellationToken cancellationToken) =>
        CallAsync(PolicyMethods.GetPolicy, new GetPolicyRequest { Version = version }, cancellationToken);

    public async Task<PolicyVersion> SetPolicyAsync(string text, CancellationToken cancellationToken) =>
        (await CallAsync(PolicyMethods.SetPolicy, new SetPolicyRequest { Text = text }, cancellationToken)).Policy;

    /// <returns>Null when there is nothing wrong with it.</returns>
    public async Task<PolicyProblem?> CheckPolicyAsync(string text, CancellationToken cancellationToken) =>
        (await CallAsync(PolicyMethods.CheckPolicy, new CheckPolicyRequest { Text = text }, cancellationToken)).Problem;

    /// <param name="limit">How many from the newest; 0: all that are kept.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<PolicyVersion>> ListPolicyVersionsAsync(int limit, CancellationToken cancellationToken) =>
        (await CallAsync(PolicyMethods.ListPolicyVersions, new ListPolicyVersionsRequest { Limit = limit }, cancellationToken)).Policies;

    /// <returns>The new version.</returns>
    public async Task<PolicyVersion> RollBackPolicyAsync(long version, CancellationToken cancellationToken) =>
        (await CallAsync(PolicyMethods.RollBackPolicy, new RollBackPolicyRequest { Version = version }, cancellationToken)).Policy;

    public Task<ExplainAccessResponse> ExplainAccessAsync(ExplainAccessRequest request, CancellationToken cancellationToken) =>
        CallAsync(PolicyMethods.ExplainAccess, request, cancellationToken);

    public Task<PreviewPolicyResponse> PreviewPolicyAsync(string text, CancellationToken cancellationToken) =>
        CallAsync(PolicyMethods.PreviewPolicy, new PreviewPolicyRequest { Text = text }, cancellationToken);

    /// <returns>The relays, and where the map of them comes from.</returns>
    public Task<GetDerpMapResponse> GetDerpMapAsync(CancellationToken cancellationToken) =>
        CallAsync(DerpMethods.GetDerpMap, new GetDerpMapRequest(), cancellationToken);

    public Task<GetHealthResponse> GetHealthAsync(CancellationToken cancellationToken) =>
        CallAsync(ServerMethods.GetHealth, new GetHealthRequest(), cancellationToken);

    public Task<GetVersionResponse> GetVersionAsync(CancellationToken cancellationToken) =>
        CallAsync(ServerMethods.GetVersion, new GetVersionRequest(), cancellationToken);

    private Task<TResponse> CallAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        channel.CallAsync(method, request, options, cancellationToken);

    private static async IAsyncEnumerable<TItem> PagesAsync<TPage, TItem>(
        Func<string, Task<TPage>> fetch,
        Func<TPage, (IEnumerable<TItem> Items, string NextToken)> split,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var token = "";
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            (var items, token) = split(await fetch(token));
            foreach (var item in items)
            {
                yield return item;
            }
        }
        while (token.Length > 0);
    }
}
