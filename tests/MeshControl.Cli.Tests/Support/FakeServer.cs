using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace MeshControl.Cli.Tests.Support;

/// <summary>
/// A scripted admin API on a real Unix socket. It answers with what the test put into its lists, and remembers what it was
/// asked; the real handlers are tested with the server.
/// </summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cli");
    private readonly ConcurrentQueue<IMessage> _requests = new();
    private readonly WebApplication _app;

    private FakeServer()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(
            kestrel => kestrel.ListenUnixSocket(Socket, options => options.Protocols = HttpProtocols.Http2));
        _app = builder.Build();
        Map(UserMethods.CreateUser, request => new CreateUserResponse { User = Sample.User(1, request.Name) });
        Map(UserMethods.ListUsers, _ => new ListUsersResponse { Users = { Users } });
        Map(UserMethods.GetUser, request => new GetUserResponse { User = FindUser(request.User) });
        Map(UserMethods.RenameUser, request => new RenameUserResponse { User = new User(FindUser(request.User)) { Name = request.NewName } });
        Map(UserMethods.SetUserRole, request => new SetUserRoleResponse { User = new User(FindUser(request.User)) { Role = request.Role } });
        Map(UserMethods.DeleteUser, _ => new DeleteUserResponse());
        Map(NodeMethods.GetNode, request => new GetNodeResponse { Node = FindNode(request.Id) });
        Map(NodeMethods.ListNodes, ListNodes);
        Map(NodeMethods.RenameNode, request => new RenameNodeResponse { Node = new Node(FindNode(request.Id)) { GivenName = request.NewName } });
        Map(NodeMethods.ExpireNode, request => new ExpireNodeResponse { Node = Expire(request) });
        Map(NodeMethods.SetNodeTags, request => new SetNodeTagsResponse { Node = new Node(FindNode(request.Id)) { User = null, Tags = { request.Tags } } });
        Map(NodeMethods.MoveNode, request => new MoveNodeResponse { Node = new Node(FindNode(request.Id)) { User = FindUser(request.User) } });
        Map(NodeMethods.ChangeNodes, request => new ChangeNodesResponse { Ids = { request.Filter.Ids.Except(CameBack) } });
        Map(NodeMethods.PingNode, _ => new PingNodeResponse { Latency = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(12.34)) });
        Map(NodeMethods.DeleteNode, _ => new DeleteNodeResponse());
        Map(PreAuthKeyMethods.CreatePreAuthKey, _ => new CreatePreAuthKeyResponse { PreAuthKey = PreAuthKeys[0], Key = "mckey-auth-abc-secret" });
        Map(PreAuthKeyMethods.ListPreAuthKeys, _ => new ListPreAuthKeysResponse { PreAuthKeys = { PreAuthKeys } });
        Map(PreAuthKeyMethods.ExpirePreAuthKey, _ => new ExpirePreAuthKeyResponse { PreAuthKey = PreAuthKeys[0] });
        Map(PreAuthKeyMethods.DeletePreAuthKey, _ => new DeletePreAuthKeyResponse());
        Map(ApiKeyMethods.CreateApiKey, _ => new CreateApiKeyResponse { ApiKey = Sample.ApiKey(3), Key = "mckey-api-abc-secret" });
        Map(ApiKeyMethods.ListApiKeys, _ => new ListApiKeysResponse { ApiKeys = { ApiKeys } });
        Map(ApiKeyMethods.ExpireApiKey, _ => new ExpireApiKeyResponse { ApiKey = Sample.ApiKey(3) });
        Map(ApiKeyMethods.DeleteApiKey, _ => new DeleteApiKeyResponse());
        Map(DerpMethods.GetDerpMap, _ => Relays);
        Map(PolicyMethods.GetPolicy, request => FindPolicy(request.Version));
        Map(PolicyMethods.SetPolicy, request => new SetPolicyResponse { Policy = Sample.Policy(Policies.Count + 1, request.Text).Policy });
        Map(PolicyMethods.CheckPolicy, _ => new CheckPolicyResponse { Problem = PolicyProblem });
        Map(PolicyMethods.ListPolicyVersions, _ => new ListPolicyVersionsResponse { Policies = { Policies.Select(policy => policy.Policy).Reverse() } });
        Map(PolicyMethods.RollBackPolicy, request => new RollBackPolicyResponse
        {
            Policy = new PolicyVersion(FindPolicy(request.Version).Policy) { Version = Policies.Count + 1, RollbackOf = request.Version },
        });
        Map(PolicyMethods.ExplainAccess, _ => Explanation);
        Map(PolicyMethods.PreviewPolicy, _ => Preview);
        Map(ServerMethods.GetHealth, _ => Health);
        Map(ServerMethods.GetVersion, _ => new GetVersionResponse { Version = "9.8.7", Commit = "abc", Runtime = "r", Platform = "p" });
    }

    public string Home => _directory.FullName;

    public string Socket => Path.Combine(_directory.FullName, "s");

    public List<User> Users { get; } = [];

    public List<Node> Nodes { get; } = [];

    /// <summary>Nodes that are no longer what was asked for when they are to be changed.</summary>
    public List<long> CameBack { get; } = [];

    public List<PreAuthKey> PreAuthKeys { get; } = [];

    public List<ApiKey> ApiKeys { get; } = [];

    public GetDerpMapResponse Relays { get; set; } = new();

    /// <summary>In order; the last one is in force.</summary>
    public List<GetPolicyResponse> Policies { get; } = [];

    public PolicyProblem? PolicyProblem { get; set; }

    public ExplainAccessResponse Explanation { get; set; } = new();

    public PreviewPolicyResponse Preview { get; set; } = new();

    public GetHealthResponse Health { get; set; } = new() { DatabaseConnectivity = true };

    /// <summary>Ends every call, when set.</summary>
    public RpcStatus? Failure { get; set; }

    /// <summary>Nodes of a page.</summary>
    public int PageSize { get; set; } = 100;

    public IReadOnlyCollection<IMessage> Requests => _requests;

    public static async Task<FakeServer> StartAsync()
    {
        var server = new FakeServer();
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public T Single<T>() => Assert.Single(_requests.OfType<T>());

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private User FindUser(string selector) => Users.Single(user => user.Name == selector || $"{user.Id}" == selector);

    private GetPolicyResponse FindPolicy(long version) => version == 0 ? Policies[^1] : Policies.Single(policy => policy.Policy.Version == version);

    private Node FindNode(long id) => Nodes.Single(node => node.Id == id);

    /// <summary>By a clock that says noon on 2026-08-01.</summary>
    private Node Expire(ExpireNodeRequest request)
    {
        var noon = Sample.Time("2026-08-01T12:00:00Z");
        return new Node(FindNode(request.Id))
        {
            Expiry = request.Never ? null : request.Expiry ?? noon + (request.Lifetime ?? new Duration()),
        };
    }

    private ListNodesResponse ListNodes(ListNodesRequest request)
    {
        var start = request.PageToken.Length == 0 ? 0 : int.Parse(request.PageToken, System.Globalization.CultureInfo.InvariantCulture);
        var end = Math.Min(start + PageSize, Nodes.Count);
        return new ListNodesResponse { Nodes = { Nodes[start..end] }, NextPageToken = end < Nodes.Count ? $"{end}" : "" };
    }

    private void Map<TRequest, TResponse>(RpcMethod<TRequest, TResponse> method, Func<TRequest, TResponse> answer)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new() =>
        _app.MapPost(method.Path, async (HttpContext http) =>
        {
            var received = await new MessageReader(http.Request.BodyReader).ReadAsync(method.RequestParser, http.RequestAborted);
            _requests.Enqueue(received.Message!);
            http.Response.ContentType = RpcHeaders.ContentType;
            if (Failure is null)
            {
                MessageFrame.Write(http.Response.BodyWriter, answer(received.Message!));
                await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
            }
            else
            {
                await http.Response.StartAsync(http.RequestAborted);
            }

            foreach (var (name, value) in StatusTrailers.Write(Failure ?? RpcStatus.Ok))
            {
                http.Response.AppendTrailer(name, value);
            }
        });
}
