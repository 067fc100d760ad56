using System.Globalization;
using System.Text.Json;
using MeshControl.ClientTests.Processes;
using MeshControl.ClientTests.Programs;

namespace MeshControl.ClientTests.Servers;

/// <summary>The administrator's commands, given through the server's socket.</summary>
internal sealed class Meshctl(ServerSite site)
{
    public Task CreateUserAsync(string name, CancellationToken cancellationToken) =>
        RunAsync(cancellationToken, "users", "create", name);

    /// <param name="user">Null: the key is nobody's, and has tags.</param>
    /// <param name="options">Such as <c>--tags tag:a</c>.</param>
    /// <returns>The text of a key that can be used again and again.</returns>
    public Task<string> CreateKeyAsync(string? user, CancellationToken cancellationToken, params string[] options) =>
        CreateOneShotKeyAsync(user, cancellationToken, ["--reusable", .. options]);

    /// <inheritdoc cref="CreateKeyAsync"/>
    /// <returns>The text of a key that lets in one machine.</returns>
    public async Task<string> CreateOneShotKeyAsync(string? user, CancellationToken cancellationToken, params string[] options)
    {
        var result = await RunAsync(cancellationToken, ["preauthkeys", "create", .. user is null ? Array.Empty<string>() : ["--user", user], "-o", "json", .. options]);
        using var document = JsonDocument.Parse(result.Output);
        return document.RootElement.GetProperty("key").GetString()!;
    }

    public async Task<IReadOnlyList<NodeRow>> ListNodesAsync(CancellationToken cancellationToken)
    {
        var result = await RunAsync(cancellationToken, "nodes", "list", "-o", "json");
        return JsonSerializer.Deserialize<List<NodeRow>>(result.Output)!;
    }

    public async Task<IReadOnlyList<LoginRow>> ListLoginsAsync(CancellationToken cancellationToken)
    {
        var result = await RunAsync(cancellationToken, "auth", "list", "-o", "json");
        return JsonSerializer.Deserialize<List<LoginRow>>(result.Output)!;
    }

    public Task DeleteNodeAsync(long id, CancellationToken cancellationToken) =>
        RunAsync(cancellationToken, "nodes", "delete", "--identifier", id.ToString(CultureInfo.InvariantCulture), "--force");

    /// <param name="options">When; nothing means now.</param>
    public Task ExpireNodeAsync(long id, CancellationToken cancellationToken, params string[] options) =>
        RunAsync(cancellationToken, ["nodes", "expire", "--identifier", id.ToString(CultureInfo.InvariantCulture), .. options]);

    public Task ApproveNodeAsync(long id, CancellationToken cancellationToken) =>
        RunAsync(cancellationToken, "nodes", "approve", "--identifier", id.ToString(CultureInfo.InvariantCulture));

    public Task RejectNodeAsync(long id, CancellationToken cancellationToken) =>
        RunAsync(cancellationToken, "nodes", "reject", "--identifier", id.ToString(CultureInfo.InvariantCulture));

    public Task RenameNodeAsync(long id, string name, CancellationToken cancellationToken) =>
        RunAsync(cancellationToken, "nodes", "rename", name, "--identifier", id.ToString(CultureInfo.InvariantCulture));

    /// <param name="tags">All that the node has then, with commas between them.</param>
    public Task TagNodeAsync(long id, string tags, CancellationToken cancellationToken) => RunAsync(
        cancellationToken, "nodes", "tag", "--identifier", id.ToString(CultureInfo.InvariantCulture), "--tags", tags, "--force");

    /// <summary>Any command.</summary>
    public async Task<CommandResult> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var binary = await ServerBinary.GetAsync();
        return (await new CommandLine(binary, [.. arguments, "-c", site.ConfigFile]).RunAsync(cancellationToken)).OrThrow();
    }
}
