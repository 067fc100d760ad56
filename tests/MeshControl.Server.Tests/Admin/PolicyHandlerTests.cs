using System.Text;
using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;
using MeshControl.Core;
using MeshControl.Core.Policies;
using MeshControl.Policy.Text;
using MeshControl.Server.Admin;

namespace MeshControl.Server.Tests.Admin;

/// <summary>The policy through the admin API.</summary>
public sealed class PolicyHandlerTests
{
    private const string First = "// nobody\r\n{\"acls\": [],}";
    private const string Second = "{\"acls\": [{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:*\"]}]}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetPolicy_NoneYet_IsNotFound()
    {
        await using var harness = await AdminHarness.StartAsync();

        var exception = await Assert.ThrowsAsync<RpcException>(() => harness.Client.GetPolicyAsync(0, Cancellation));

        Assert.Equal(RpcStatusCode.NotFound, exception.Code);
        Assert.Empty(await harness.Client.ListPolicyVersionsAsync(0, Cancellation));
    }

    [Fact]
    public async Task SetPolicy_IsKeptAsWritten_WithWhoAndWhen()
    {
        await using var harness = await AdminHarness.StartAsync();

        var first = await harness.Client.SetPolicyAsync(First, Cancellation);
        var got = await harness.Client.GetPolicyAsync(0, Cancellation);

        Assert.Equal((First, first), (got.Text, got.Policy));
        Assert.Equal((1, First.Length, true, 0), (first.Version, first.Size, first.InForce, first.RollbackOf));
        Assert.Equal(harness.Time.GetUtcNow(), first.AcceptedAt.ToDateTimeOffset());
        Assert.Matches(@"^(root|uid \d+) \(socket\)$", first.AcceptedBy);
    }

    [Fact]
    public async Task SetPolicy_OverTheNetwork_NotesTheBeginningOfTheKey()
    {
        await using var harness = await AdminHarness.StartAsync();
        var key = await harness.Client.CreateApiKeyAsync(new CreateApiKeyRequest(), Cancellation);
        using var channel = new RpcChannel(
            RemoteHandler.Create(new CertificateCheck(acceptsAny: false, authorities: null)), harness.RemoteAddress, TimeProvider.System);
        var client = new AdminClient(
            channel, RpcCallOptions.Default with { Metadata = new RpcMetadata { { "authorization", $"Bearer {key.Key}" } } });

        var set = await client.SetPolicyAsync(First, Cancellation);

        Assert.Equal($"API key {key.ApiKey.Prefix}", set.AcceptedBy);
    }

    [Fact]
    public async Task RollBackPolicy_MakesANewVersionWithTheOldText()
    {
        await using var harness = await AdminHarness.StartAsync();
        await harness.Client.SetPolicyAsync(First, Cancellation);
        await harness.Client.SetPolicyAsync(Second, Cancellation);

        var back = await harness.Client.RollBackPolicyAsync(1, Cancellation);

        Assert.Equal((3, 1), (back.Version, back.RollbackOf));
        Assert.Equal(First, (await harness.Client.GetPolicyAsync(0, Cancellation)).Text);
        Assert.Equal(Second, (await harness.Client.GetPolicyAsync(2, Cancellation)).Text);
        Assert.Equal(
            [(3, true), (2, false), (1, false)],
            (await harness.Client.ListPolicyVersionsAsync(0, Cancellation)).Select(version => (version.Version, version.InForce)));
        Assert.Equal([3], (await harness.Client.ListPolicyVersionsAsync(1, Cancellation)).Select(version => version.Version));
    }

    [Fact]
    public async Task UnknownVersionsAndBadLimits_HaveTheRightStatus()
    {
        await using var harness = await AdminHarness.StartAsync();
        await harness.Client.SetPolicyAsync(First, Cancellation);

        await FailsAsync(RpcStatusCode.NotFound, () => harness.Client.GetPolicyAsync(9, Cancellation));
        await FailsAsync(RpcStatusCode.NotFound, () => harness.Client.RollBackPolicyAsync(9, Cancellation));
        await FailsAsync(RpcStatusCode.InvalidArgument, () => harness.Client.ListPolicyVersionsAsync(-1, Cancellation));
    }

    /// <summary>The longest text goes through every method, and one byte more is refused with a sentence.</summary>
    [Fact]
    public async Task SetPolicy_LongerThanMaxTextBytes_IsInvalid()
    {
        await using var harness = await AdminHarness.StartAsync();
        var longest = First + new string(' ', PolicyLimits.MaxTextBytes - First.Length);

        await harness.Client.SetPolicyAsync(longest, Cancellation);

        Assert.Equal(longest, (await harness.Client.GetPolicyAsync(0, Cancellation)).Text);
        await FailsAsync(RpcStatusCode.InvalidArgument, () => harness.Client.SetPolicyAsync(longest + " ", Cancellation));
        await FailsAsync(RpcStatusCode.InvalidArgument, () => harness.Client.CheckPolicyAsync(longest + " ", Cancellation));
        await FailsAsync(RpcStatusCode.InvalidArgument, () => harness.Client.PreviewPolicyAsync(longest + " ", Cancellation));
    }

    [Fact]
    public async Task CheckPolicy_SaysWhereAndWhat()
    {
        await using var harness = await AdminHarness.StartAsync();
        const string Wrong = "{\n  \"acls\": [{\"action\": \"accept\", \"src\": [\"tag:no\"], \"dst\": [\"*:*\"]}]\n}";

        var problem = await harness.Client.CheckPolicyAsync(Wrong, Cancellation);
        var refusal = await Assert.ThrowsAsync<RpcException>(() => harness.Client.SetPolicyAsync(Wrong, Cancellation));

        Assert.Equal(("src=tag not found: \"tag:no\"", 2), (problem!.Message, problem.Line));
        Assert.Equal(Wrong.Split('\n')[1], problem.SourceLine);
        Assert.Equal(RpcStatusCode.InvalidArgument, refusal.Code);
        Assert.Equal(problem, refusal.Status.Details.Single(any => any.Is(PolicyProblem.Descriptor)).Unpack<PolicyProblem>());
        Assert.Equal(problem, (await harness.Client.PreviewPolicyAsync(Wrong, Cancellation)).Problem);
        Assert.Null(await harness.Client.CheckPolicyAsync(Second, Cancellation));
        Assert.Empty(await harness.Client.ListPolicyVersionsAsync(0, Cancellation));
    }

    [Fact]
    public async Task ExplainAccess_AnswersByThePolicyInForce()
    {
        await using var harness = await AdminHarness.StartAsync(nodes: 4);
        var open = await ExplainAsync(harness, "node-1", "node-2");
        await harness.Client.SetPolicyAsync(
            "{\"tagOwners\": {\"tag:even\": []},\n\"acls\": [{\"action\": \"accept\", \"src\": [\"ada@example.com\"], \"dst\": [\"tag:even:22\"]}]}", Cancellation);

        var answer = await ExplainAsync(harness, "ada", "node-2", 22);

        Assert.Equal((AccessVerdict.Allowed, 0), (open.Verdict, open.Version));
        Assert.Equal(("user ada@example.com (2 nodes)", "node-2 (node 2)", 1), (answer.Source, answer.Destination, answer.Version));
        var rule = Assert.Single(Assert.Single(answer.Findings).Rules);
        Assert.Equal(("acls", 2, "port 22"), (rule.Section, rule.Line, rule.Allows));
        Assert.Equal(AccessVerdict.Denied, (await ExplainAsync(harness, "node-2", "ada")).Verdict);
    }

    [Fact]
    public async Task ExplainAccess_BadQuestions_HaveTheRightStatus()
    {
        await using var harness = await AdminHarness.StartAsync(nodes: 2);

        await FailsAsync(RpcStatusCode.NotFound, () => ExplainAsync(harness, "nobody", "node-2"));
        await FailsAsync(RpcStatusCode.InvalidArgument, () => ExplainAsync(harness, "autogroup:internet", "node-2"));
        await FailsAsync(RpcStatusCode.InvalidArgument, () => ExplainAsync(harness, "node-1", "node-2", 65536));
        await FailsAsync(RpcStatusCode.InvalidArgument, () => ExplainAsync(harness, new string('x', PolicyQuestions.MaxNameLength + 1), "node-2"));
        await FailsAsync(
            RpcStatusCode.InvalidArgument,
            () => harness.Client.ExplainAccessAsync(new ExplainAccessRequest { Source = "node-1", Destination = "node-2", Protocol = 256 }, Cancellation));
    }

    [Fact]
    public async Task PreviewPolicy_TellsWhatWouldChange_AndChangesNothing()
    {
        await using var harness = await AdminHarness.StartAsync(nodes: 4);

        var preview = await harness.Client.PreviewPolicyAsync("{\"acls\": []}", Cancellation);

        var change = Assert.Single(preview.Changes);
        Assert.Equal(
            (PolicyChangeKind.Access, false, "every node", "every node", "every port"),
            (change.Kind, change.Gained, change.Sources, change.Destinations, change.What));
        Assert.Equal((4, 4), (preview.UpdatedNodes, preview.TotalNodes));
        Assert.Empty(await harness.Client.ListPolicyVersionsAsync(0, Cancellation));
    }

    [Fact]
    public void Problem_LongerThanItsLimits_IsCutAndFitsIntoTrailers()
    {
        var line = new string('x', 5000) + "here" + new string('y', 5000);
        var details = Enumerable.Range(0, PolicyProblems.MaxDetails + 5).Select(number => $"{number} {new string('é', PolicyProblems.MaxDetailLength)}").ToArray();
        var error = new PolicyError("no", new TextPosition(1, 5001), line, details);

        var problem = PolicyProblems.ToMessage(error);
        var status = CoreError.Of(error).ToPolicyStatus();

        Assert.Equal(PolicyProblems.MaxLineLength, problem.SourceLine.Length);
        Assert.StartsWith("here", problem.SourceLine[(problem.SourceColumn - 1)..], StringComparison.Ordinal);
        Assert.Equal((PolicyProblems.MaxDetails, 5), (problem.Details.Count, problem.MoreDetails));
        Assert.All(problem.Details, detail => Assert.Equal(PolicyProblems.MaxDetailLength, detail.Length));
        var detail = status.Details.Single(any => any.Is(PolicyProblem.Descriptor)).Unpack<PolicyProblem>();
        Assert.InRange(detail.Details.Sum(Encoding.UTF8.GetByteCount), 1, PolicyProblems.MaxStatusBytes);
        Assert.Equal(details.Length, detail.Details.Count + detail.MoreDetails);
        Assert.InRange(StatusTrailers.Write(status).Sum(trailer => trailer.Value.Length), 1, 6000);
    }

    [Fact]
    public async Task SetUserRole_ThereIsOneOwner()
    {
        await using var harness = await AdminHarness.StartAsync();

        var grace = await harness.Client.SetUserRoleAsync(new SetUserRoleRequest { User = "grace", Role = UserRole.Owner }, Cancellation);
        var ada = await harness.Client.SetUserRoleAsync(new SetUserRoleRequest { User = "ada", Role = UserRole.Owner }, Cancellation);
        var auditor = await harness.Client.CreateUserAsync(new CreateUserRequest { Name = "hedy", Role = UserRole.Auditor }, Cancellation);

        Assert.Equal((UserRole.Owner, UserRole.Owner, UserRole.Auditor), (grace.Role, ada.Role, auditor.Role));
        Assert.Equal(UserRole.Admin, (await harness.Client.GetUserAsync("grace", Cancellation)).Role);
        await FailsAsync(
            RpcStatusCode.InvalidArgument, () => harness.Client.SetUserRoleAsync(new SetUserRoleRequest { User = "ada" }, Cancellation));
        await FailsAsync(
            RpcStatusCode.InvalidArgument, () => harness.Client.CreateUserAsync(new CreateUserRequest { Name = "x1", Role = (UserRole)99 }, Cancellation));
        await FailsAsync(
            RpcStatusCode.NotFound, () => harness.Client.SetUserRoleAsync(new SetUserRoleRequest { User = "nobody", Role = UserRole.Admin }, Cancellation));
    }

    private static Task<ExplainAccessResponse> ExplainAsync(AdminHarness harness, string from, string to, int port = 0) =>
        harness.Client.ExplainAccessAsync(new ExplainAccessRequest { Source = from, Destination = to, Port = port }, Cancellation);

    private static async Task FailsAsync(RpcStatusCode code, Func<Task> call)
    {
        var exception = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(code, exception.Code);
        Assert.EndsWith(".", exception.Message, StringComparison.Ordinal);
    }
}
