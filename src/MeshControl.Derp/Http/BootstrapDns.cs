using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MeshControl.Derp.Http;

/// <summary>
/// <c>/bootstrap-dns</c>: addresses for clients whose name service does not work, so that they find the coordination server. Looked up in
/// the background, and only names that the operator configured: what a stranger asks for is never looked up, so nobody can use the server to
/// ask other name servers, or to learn what its own knows.
/// </summary>
public sealed class BootstrapDns : IAsyncDisposable
{
    /// <summary>How old an address may be.</summary>
    public static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(10);

    /// <summary>How long a name may take, after which its addresses stay as they were.</summary>
    public static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(5);

    /// <summary>More names are left out: maps come from elsewhere, and the largest known one has a few hundred.</summary>
    public const int MaxNames = 2000;

    /// <summary>More addresses of one name are left out; clients try six.</summary>
    public const int MaxAddresses = 16;

    /// <summary>
    /// Look-ups under way, those that were given up included: each holds a thread of the pool until the system has given up as well, and a
    /// name service that hangs must not take the server's threads.
    /// </summary>
    internal const int MaxLookups = 2;

    private readonly Func<IEnumerable<BootstrapHost>> _hosts;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly SemaphoreSlim _lookups = new(MaxLookups);
    private Task _loop = Task.CompletedTask;

    // Owned by the loop. What a name resolved to last, kept while it does not resolve.
    private Dictionary<string, IPAddress[]> _addresses = [];

    // Replaced by the loop, read by requests.
    private volatile BootstrapDocument _document = new(new Dictionary<string, IPAddress[]>());

    /// <param name="hosts">Asked at each refresh: the relays of the map and the server itself. May throw; then everything stays as it was.</param>
    /// <param name="resolve">The system's name service, <see cref="Dns.GetHostAddressesAsync(string, CancellationToken)"/>.</param>
    /// <param name="time">When to refresh, and when to give up.</param>
    /// <param name="loggers">Names that do not resolve are told at the level Debug.</param>
    public BootstrapDns(
        Func<IEnumerable<BootstrapHost>> hosts,
        Func<string, CancellationToken, Task<IPAddress[]>> resolve,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        _hosts = hosts;
        _resolve = resolve;
        _time = time;
        _logger = loggers.CreateLogger<BootstrapDns>();
    }

    /// <summary>Called each time that nothing is left to do until somebody or the time says so.</summary>
    internal Action? Waiting { get; set; }

    /// <summary>Begins to look up, in the background. Until then, and until the first names are there, answers are empty.</summary>
    public void Start() => _loop = RunAsync();

    /// <summary>Looks up soon: the map has changed. Costs nothing while a look-up is due already.</summary>
    public void Refresh() => _wake.Writer.TryWrite(true);

    /// <summary>Answers from memory: <c>{"name":["address",…],…}</c>, of the name in <c>q</c> alone if it is one of ours.</summary>
    public Task AnswerAsync(HttpContext context)
    {
        var method = context.Request.Method;
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method))
        {
            return ShortAnswer.RefuseMethodAsync(context);
        }

        var answer = _document.Answer(context.Request.Query["q"]);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = answer.Length;
        if (ShortAnswer.IsHttp1(context.Request))
        {
            // Clients ask once, each time another relay.
            context.Response.Headers.Connection = "close";
        }

        return HttpMethods.IsHead(method) ? Task.CompletedTask : context.Response.Body.WriteAsync(answer, context.RequestAborted).AsTask();
    }

    /// <summary>Ends the look-ups.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
    }

    private static bool IsForClients(IPAddress address) =>
        // What the host's own file of names says of itself leads clients to themselves.
        !IPAddress.IsLoopback(address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
        && !address.IsIPv6LinkLocal && !address.IsIPv6Multicast
        && !(address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [169, 254, ..] or [>= 224, ..]);

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await RefreshAsync(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                DerpHttpLog.RefreshFailed(_logger, fault);
            }

            await WaitAsync();
        }
    }

    private async Task WaitAsync()
    {
        using var due = new CancellationTokenSource(RefreshInterval, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, _stop.Token);
        Waiting?.Invoke();
        try
        {
            await _wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // It is time, or the end.
        }
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var hosts = _hosts().GroupBy(host => host.Name, StringComparer.OrdinalIgnoreCase).Take(MaxNames).ToArray();
        var found = new ConcurrentDictionary<string, IPAddress[]>(StringComparer.OrdinalIgnoreCase);
        await Parallel.ForEachAsync(
            hosts,
            new ParallelOptions { MaxDegreeOfParallelism = MaxLookups, CancellationToken = cancellationToken },
            async (host, cancellation) => found[host.Key] = await LookUpAsync(host, cancellation));
        _addresses = new Dictionary<string, IPAddress[]>(found, StringComparer.OrdinalIgnoreCase);
        _document = new BootstrapDocument(_addresses);
    }

    private async ValueTask<IPAddress[]> LookUpAsync(IGrouping<string, BootstrapHost> host, CancellationToken cancellationToken)
    {
        IEnumerable<IPAddress> resolved;
        using var timeout = new CancellationTokenSource(LookupTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await _lookups.WaitAsync(either.Token);
            resolved = await ResolveAsync(host.Key, either.Token).WaitAsync(either.Token);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            DerpHttpLog.NameNotFound(_logger, host.Key, fault.Message);
            resolved = _addresses.GetValueOrDefault(host.Key, []);
        }

        var addresses = host.SelectMany(entry => entry.Addresses).Concat(resolved).Where(IsForClients).Distinct().ToArray();
        // Clients take the first: so each address is the first one for some.
        RandomNumberGenerator.Shuffle<IPAddress>(addresses);
        return addresses[..Math.Min(addresses.Length, MaxAddresses)];
    }

    // The system's name service cannot be called off, only waited for no longer.
    private async Task<IPAddress[]> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await _resolve(name, cancellationToken);
        }
        finally
        {
            _lookups.Release();
        }
    }
}
