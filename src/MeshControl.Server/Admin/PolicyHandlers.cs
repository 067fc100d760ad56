using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Core.Policies;
using MeshControl.Core.Tailnets;
using MeshControl.Server.Rpc;
using Messages = MeshControl.Admin.V1;

namespace MeshControl.Server.Admin;

/// <summary>The admin API's policy.</summary>
internal sealed class PolicyHandlers(Tailnet tailnet)
{
    private readonly PolicyQuestions _questions = new(tailnet);

    public RpcService Bind() => new RpcService(AdminServices.Policy)
        .Unary(PolicyMethods.GetPolicy, GetAsync)
        .Unary(PolicyMethods.SetPolicy, SetAsync)
        .Unary(PolicyMethods.CheckPolicy, CheckAsync)
        .Unary(PolicyMethods.ListPolicyVersions, ListAsync)
        .Unary(PolicyMethods.RollBackPolicy, RollBackAsync)
        .Unary(PolicyMethods.ExplainAccess, _questions.ExplainAsync)
        .Unary(PolicyMethods.PreviewPolicy, _questions.PreviewAsync);

    private async Task<RpcResult<Messages.GetPolicyResponse>> GetAsync(
        Messages.GetPolicyRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var result = await tailnet.Policies.GetAsync(request.Version == 0 ? null : request.Version, cancellationToken);
        return result.TryGetValue(out var policy, out var error)
            ? new Messages.GetPolicyResponse { Policy = ToMessage(policy), Text = policy.Text }
            : error.ToStatus();
    }

    private async Task<RpcResult<Messages.SetPolicyResponse>> SetAsync(
        Messages.SetPolicyRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var result = await tailnet.Policies.SetAsync(request.Text, call.Caller, cancellationToken);
        return result.TryGetValue(out var policy, out var error)
            ? new Messages.SetPolicyResponse { Policy = ToMessage(policy) }
            : error.ToPolicyStatus();
    }

    private async Task<RpcResult<Messages.CheckPolicyResponse>> CheckAsync(
        Messages.CheckPolicyRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var result = await tailnet.Policies.CheckAsync(request.Text, cancellationToken);
        if (result.TryGetValue(out _, out var error))
        {
            return new Messages.CheckPolicyResponse();
        }

        return error.Policy is { } problem
            ? new Messages.CheckPolicyResponse { Problem = PolicyProblems.ToMessage(problem) }
            : error.ToStatus();
    }

    private async Task<RpcResult<Messages.ListPolicyVersionsResponse>> ListAsync(
        Messages.ListPolicyVersionsRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        if (request.Limit < 0)
        {
            return RpcStatus.InvalidArgument("The limit is negative.");
        }

        var result = await tailnet.Policies.HistoryAsync(request.Limit == 0 ? PolicyLimits.MaxVersions : request.Limit, cancellationToken);
        return result.TryGetValue(out var versions, out var error)
            ? new Messages.ListPolicyVersionsResponse { Policies = { versions.Select(ToMessage) } }
            : error.ToStatus();
    }

    private async Task<RpcResult<Messages.RollBackPolicyResponse>> RollBackAsync(
        Messages.RollBackPolicyRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var result = await tailnet.Policies.RollbackAsync(request.Version, call.Caller, cancellationToken);
        return result.TryGetValue(out var policy, out var error)
            ? new Messages.RollBackPolicyResponse { Policy = ToMessage(policy) }
            : error.ToPolicyStatus();
    }

    private Messages.PolicyVersion ToMessage(StoredPolicy policy) => ToMessage(
        new PolicyVersion(policy.Version, policy.AcceptedAt, policy.AcceptedBy, policy.Origin, policy.RollbackOf, policy.Length));

    private Messages.PolicyVersion ToMessage(PolicyVersion policy) => new()
    {
        Version = policy.Version,
        AcceptedAt = Timestamp.FromDateTimeOffset(policy.AcceptedAt),
        AcceptedBy = policy.AcceptedBy,
        Size = policy.Length,
        InForce = policy.Version == tailnet.Snapshot.Policy?.Version,
        RollbackOf = policy.RollbackOf ?? 0,
    };
}
