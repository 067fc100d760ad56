using MeshControl.Policy.Explain;

namespace MeshControl.Policy.Tests.Explain;

/// <summary>Whom people mean.</summary>
public sealed class SubjectReaderTests
{
    private const string Sections =
        "\"groups\": {\"group:staff\": [\"ada@example.com\", \"bob@example.com\"]}, \"hosts\": {\"printer\": \"10.20.9.9\", \"lap\": \"100.64.0.1\"}, \"acls\": []";

    private readonly ExplainWorld _world = ExplainWorld.Create();

    [Theory]
    [InlineData("laptop", "laptop (node 1)", "ada@example.com", 1)]
    [InlineData("LAPTOP.mesh.example.com", "laptop (node 1)", "ada@example.com", 1)]
    [InlineData("3", "desk (node 3)", "bob@example.com", 1)]
    [InlineData("node:web-1", "web-1 (node 4)", "tag:web", 1)]
    [InlineData("100.64.0.4", "web-1 (node 4, 100.64.0.4)", "100.64.0.4", 1)]
    [InlineData("fd7a:115c:a1e0::4", "web-1 (node 4, fd7a:115c:a1e0::4)", "fd7a:115c:a1e0::4", 1)]
    [InlineData("lap", "laptop (node 1, 100.64.0.1)", "lap", 1)]
    [InlineData("100.64.0.0/29", "100.64.0.0/29 (7 nodes)", "100.64.0.0/29", 7)]
    [InlineData("100.64.0.2-100.64.0.4", "100.64.0.2-100.64.0.4 (3 nodes)", "100.64.0.2-100.64.0.4", 3)]
    [InlineData("10.20.0.0/16", "10.20.0.0/16", "10.20.0.0/16", 0)]
    [InlineData("ada", "user ada@example.com (2 nodes)", "ada@example.com", 2)]
    [InlineData("user:Bob", "user bob@example.com (1 node)", "bob@example.com", 1)]
    [InlineData("ada@example.com", "ada@example.com (2 nodes)", "ada@example.com", 2)]
    [InlineData("tag:web", "tag:web (2 nodes)", "tag:web", 2)]
    [InlineData("group:staff", "group:staff (3 nodes)", "group:staff", 3)]
    [InlineData("autogroup:admin", "autogroup:admin (2 nodes)", "autogroup:admin", 2)]
    [InlineData("user:*@example.com", "user:*@example.com (3 nodes)", "user:*@example.com", 3)]
    [InlineData("*", "every node (9 nodes)", "*", 9)]
    [InlineData("10.20.1.1", "10.20.1.1", "10.20.1.1", 0)]
    [InlineData("printer", "printer", "printer", 0)]
    [InlineData("autogroup:internet", "the internet", "autogroup:internet", 0)]
    public void TryRead_Known_IsFound(string text, string label, string alias, int nodes)
    {
        Assert.True(new SubjectReader(_world.Apply(Sections), _world.Names).TryRead(text, out var subject, out var problem), problem);
        Assert.Equal((label, alias, nodes), (subject.Label, subject.Alias, subject.Nodes.Length));
    }

    [Theory]
    [InlineData("nobody", "Nothing is called \"nobody\": no node, no user, and no host of the policy.")]
    [InlineData("", "Nothing is called \"\": no node, no user, and no host of the policy.")]
    [InlineData("eve@example.com", "Nothing is called \"eve@example.com\": no node, no user, and no host of the policy.")]
    [InlineData("node:ada", "Nothing is called \"node:ada\": no node, no user, and no host of the policy.")]
    [InlineData("laptop:22", "\"laptop:22\" is nothing by itself, though \"laptop\" is; a port is a number, and stands behind the destination only.")]
    [InlineData("tag:web:ssh", "\"tag:web:ssh\" is nothing by itself, though \"tag:web\" is; a port is a number, and stands behind the destination only.")]
    [InlineData("nobody:22", "The policy in force does not know it: \"nobody:22\": invalid address.")]
    [InlineData("tag:none", "The policy in force does not know it: tag not found: \"tag:none\".")]
    [InlineData("autogroup:self", "\"autogroup:self\" stands for nobody in particular; name a node, a user, a tag, a group or an address.")]
    public void TryRead_Unknown_SaysSo(string text, string problem)
    {
        Assert.Equal(problem, _world.Problem(Sections, text));
    }

    [Fact]
    public void TryRead_NodeAndUserOfOneName_HasToBeSaid()
    {
        _world.Tailnet.Node("bob", "tag:db");
        var names = new WorldNames(new Dictionary<int, string> { [9] = "bob" });

        Assert.False(new SubjectReader(_world.Apply(Sections), names).TryRead("bob", out _, out var problem));
        Assert.Equal("Both a node and a user are called \"bob\"; say node:bob or user:bob.", problem);
    }
}
