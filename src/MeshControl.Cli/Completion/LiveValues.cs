using System.CommandLine.Completions;
using System.Globalization;
using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Connection;
using MeshControl.Cli.Hosting;
using MeshControl.Cli.Logins;

namespace MeshControl.Cli.Completion;

/// <summary>
/// Names and ids for completion, asked of the server that the half-written command line means. Whatever goes wrong gives
/// nothing: somebody presses a key and wants no message.
/// </summary>
internal sealed class LiveValues(CliHost host, GlobalOptions options)
{
    /// <summary>How long a key press may wait for the server and for the files that say where it is and hold its key.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>More than this is no help to anybody, and one page of the server's.</summary>
    private const int MaxItems = 1000;

    public IEnumerable<CompletionItem> UserNames(CompletionContext context) => Ask(
        context, client => client.ListUsersAsync(new ListUsersRequest { PageSize = MaxItems }, default), user => Item(user.Name, user.DisplayName));

    public IEnumerable<CompletionItem> UserIds(CompletionContext context) => Ask(
        context, client => client.ListUsersAsync(new ListUsersRequest { PageSize = MaxItems }, default), user => Item(user.Id, user.Name));

    public IEnumerable<CompletionItem> NodeIds(CompletionContext context) => Ask(
        context, client => client.ListNodesAsync(new ListNodesRequest { PageSize = MaxItems }, default), node => Item(node.Id, node.GivenName));

    /// <summary>Those that wait for approval.</summary>
    public IEnumerable<CompletionItem> WaitingNodeIds(CompletionContext context) => Ask(
        context,
        client => client.ListNodesAsync(new ListNodesRequest(), default).Where(node => node.NeedsApproval),
        node => Item(node.Id, node.GivenName));

    public IEnumerable<CompletionItem> NodeNames(CompletionContext context) => Ask(
        context,
        client => client.ListNodesAsync(new ListNodesRequest { PageSize = MaxItems }, default),
        node => Item(node.GivenName, string.Join(' ', node.IpAddresses)));

    public IEnumerable<CompletionItem> PreAuthKeyIds(CompletionContext context) => Ask(
        context,
        client => client.ListPreAuthKeysAsync(new ListPreAuthKeysRequest { PageSize = MaxItems }, default),
        key => Item(key.Id, $"{key.Prefix}… {(key.Tags.Count > 0 ? string.Join(' ', key.Tags) : key.User?.Name)}"));

    public IEnumerable<CompletionItem> ApiKeyIds(CompletionContext context) => Ask(
        context, client => client.ListApiKeysAsync(new ListApiKeysRequest { PageSize = MaxItems }, default), key => Item(key.Id, $"{key.Prefix}…"));

    public IEnumerable<CompletionItem> AuthIds(CompletionContext context) => Ask(
        context, client => AuthRequest.ListAsync(client, MaxItems, default), request => Item(request.AuthId, $"{request.Hostname} {request.Ssh}".TrimEnd()));

    private static CompletionItem Item(string label, string detail) => new(label, detail: detail);

    /// <summary>Ids in the order of numbers, not of digits.</summary>
    private static CompletionItem Item(long id, string detail) => new(
        id.ToString(CultureInfo.InvariantCulture), sortText: id.ToString("D19", CultureInfo.InvariantCulture), detail: detail);

    private CompletionItem[] Ask<T>(
        CompletionContext context, Func<AdminClient, IAsyncEnumerable<T>> list, Func<T, CompletionItem> show)
    {
        // Completion is synchronous, and there is nothing else to do meanwhile. A file can be a pipe that nobody writes to, and whoever
        // opens one cannot be called back: that thread is left behind, and the process does not wait for it.
        var asking = Task.Run(() => AskAsync(context, list, show));
        try
        {
            return asking.WaitAsync(Patience, host.Time).GetAwaiter().GetResult();
        }
        catch (TimeoutException)
        {
            return [];
        }
    }

    private async Task<CompletionItem[]> AskAsync<T>(
        CompletionContext context, Func<AdminClient, IAsyncEnumerable<T>> list, Func<T, CompletionItem> show)
    {
        try
        {
            if (TargetLocator.Find(host, options.ConnectionOf(context.ParseResult), out var target) is not null)
            {
                return [];
            }

            using var channel = target!.Open(TimeSpan.Zero, host.Time);
            var client = new AdminClient(channel, target.Options with { Timeout = Patience });
            return await list(client).Take(MaxItems).Select(show).ToArrayAsync();
        }
        catch (Exception exception) when (exception is RpcException or InvalidOperationException)
        {
            return [];
        }
    }
}
