using MeshControl.Admin.Grpc;
using MeshControl.Core.Policies;
using MeshControl.Core.Tailnets;
using MeshControl.Policy.Access;
using MeshControl.Policy.Explain;
using MeshControl.Server.Rpc;
using Messages = MeshControl.Admin.V1;

namespace MeshControl.Server.Admin;

/// <summary>The admin API's answers about what policies do, or would do.</summary>
internal sealed class PolicyQuestions(Tailnet tailnet)
{
    /// <summary>Characters of what somebody asks about: any name, with room for a long e-mail address.</summary>
    public const int MaxNameLength = 1024;

    private readonly Lock _gate = new();

    // Guarded by _gate. One question at a time: each may take a core for a second.
    private Task _last = Task.CompletedTask;

    public Task<RpcResult<Messages.ExplainAccessResponse>> ExplainAsync(
        Messages.ExplainAccessRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        if (request.Source.Length > MaxNameLength || request.Destination.Length > MaxNameLength)
        {
            return Task.FromResult<RpcResult<Messages.ExplainAccessResponse>>(
                RpcStatus.InvalidArgument($"A name is longer than {MaxNameLength} characters."));
        }

        return request.Port is < 0 or > ushort.MaxValue || (request.HasProtocol && request.Protocol is < 1 or > byte.MaxValue)
            ? Task.FromResult<RpcResult<Messages.ExplainAccessResponse>>(RpcStatus.InvalidArgument("There is no such port or protocol."))
            : AloneAsync(() => Explain(request), cancellationToken);
    }

    public async Task<RpcResult<Messages.PreviewPolicyResponse>> PreviewAsync(
        Messages.PreviewPolicyRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var result = await tailnet.Policies.CheckAsync(request.Text, cancellationToken);
        if (!result.TryGetValue(out var check, out var error))
        {
            return error.Policy is { } problem
                ? new Messages.PreviewPolicyResponse { Problem = PolicyProblems.ToMessage(problem) }
                : error.ToStatus();
        }

        return await AloneAsync<Messages.PreviewPolicyResponse>(() => Preview(check, cancellationToken), cancellationToken);
    }

    private RpcResult<Messages.ExplainAccessResponse> Explain(Messages.ExplainAccessRequest request)
    {
        var snapshot = tailnet.Snapshot;
        var (map, names) = (snapshot.Access, NamesOf(snapshot));
        var reader = new SubjectReader(map, names);
        if (!reader.TryRead(request.Source, out var source, out var problem) || !reader.TryRead(request.Destination, out var destination, out problem))
        {
            return RpcStatus.NotFound(problem);
        }

        if (source.Kind == SubjectKind.Internet)
        {
            return RpcStatus.InvalidArgument("autogroup:internet is where connections go, not where they come from.");
        }

        var question = new AccessQuestion(source, destination, request.Port, request.HasProtocol ? request.Protocol : null);
        var answer = new AccessExplainer(map, PrimaryRoutes.ByRegistration, names).Explain(question);
        return new Messages.ExplainAccessResponse
        {
            Source = source.Label,
            Destination = destination.Label,
            Verdict = ToMessage(answer.Verdict),
            Findings = { answer.Findings.Select(ToMessage) },
            MoreFindings = answer.MoreFindings,
            SuggestedRule = answer.SuggestedRule ?? "",
            SuggestedSection = answer.SuggestedSection ?? "",
            Version = snapshot.Policy?.Version ?? 0,
        };
    }

    private Messages.PreviewPolicyResponse Preview(PolicyCheck check, CancellationToken cancellationToken)
    {
        var snapshot = tailnet.Snapshot;
        var after = PolicyWorld.Compile(check.File, snapshot);
        var comparison = PolicyComparer.Compare(snapshot.Access, after, NamesOf(snapshot), cancellationToken);
        return new Messages.PreviewPolicyResponse
        {
            Changes = { comparison.Changes.Select(ToMessage) },
            MoreChanges = comparison.MoreChanges,
            UpdatedNodes = comparison.UpdatedNodes,
            TotalNodes = comparison.TotalNodes,
        };
    }

    private Task<RpcResult<T>> AloneAsync<T>(Func<RpcResult<T>> answer, CancellationToken cancellationToken)
        where T : class
    {
        lock (_gate)
        {
            var task = _last.ContinueWith(
                _ => answer(), cancellationToken, TaskContinuationOptions.LazyCancellation, TaskScheduler.Default);
            _last = task;
            return task;
        }
    }

    private static WorldNames NamesOf(TailnetSnapshot snapshot) => new(snapshot.Nodes.ToDictionary(entry => entry.Index, entry => entry.Node.GivenName));

    private static Messages.AccessVerdict ToMessage(AccessVerdict verdict) => verdict switch
    {
        AccessVerdict.Allowed => Messages.AccessVerdict.Allowed,
        AccessVerdict.Partly => Messages.AccessVerdict.Partly,
        _ => Messages.AccessVerdict.Denied,
    };

    private static Messages.AccessFinding ToMessage(AccessFinding finding) => new()
    {
        Sources = finding.Sources,
        Destinations = finding.Destinations,
        Verdict = ToMessage(finding.Verdict),
        Rules =
        {
            finding.Rules.Select(rule => new Messages.PolicyRuleReference
            {
                Section = rule.Section,
                Line = rule.Line,
                Text = rule.Text,
                Allows = rule.Allows,
            }),
        },
        Notes = { finding.Notes },
    };

    private static Messages.PolicyChange ToMessage(PolicyChange change) => new()
    {
        Kind = change.Kind switch
        {
            PolicyChangeKind.Access => Messages.PolicyChangeKind.Access,
            PolicyChangeKind.Ssh => Messages.PolicyChangeKind.Ssh,
            PolicyChangeKind.Attribute => Messages.PolicyChangeKind.Attribute,
            _ => Messages.PolicyChangeKind.Route,
        },
        Gained = change.Gained,
        Sources = change.Sources,
        SourceNodes = change.SourceNodes,
        Destinations = change.Destinations,
        DestinationNodes = change.DestinationNodes,
        What = change.What,
    };
}
