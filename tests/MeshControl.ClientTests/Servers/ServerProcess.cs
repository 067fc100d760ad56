using System.Net;
using MeshControl.ClientTests.Processes;
using MeshControl.ClientTests.Programs;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests.Servers;

/// <summary>The published program, serving. It can be ended and started again on the same data.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly CommandLine _command;
    private readonly ServerSite _site;
    private readonly HttpClient _http;
    private BackgroundProcess? _process;

    private ServerProcess(CommandLine command, ServerSite site, HttpClient http)
    {
        _command = command;
        _site = site;
        _http = http;
    }

    /// <param name="site">Borrowed.</param>
    /// <param name="place">Puts the command where it is to run.</param>
    /// <param name="http">Reaches the server; owned from here on.</param>
    public static async Task<ServerProcess> StartAsync(ServerSite site, Func<CommandLine, CommandLine> place, HttpClient http)
    {
        var binary = await ServerBinary.GetAsync();
        var server = new ServerProcess(place(new CommandLine(binary, "serve", "-c", site.ConfigFile)), site, http);
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a server that is not running, and waits until it is healthy.</summary>
    public async Task StartAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        var process = BackgroundProcess.Start("server", _command);
        _process = process;
        await Eventually.HoldsAsync("the server to be healthy", async cancellationToken =>
        {
            if (process.HasExited)
            {
                Assert.Fail($"The server ended while it was to start.\n{process.Log}");
            }

            using var response = await _http.GetAsync(new Uri(_site.Url, "/health"), cancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        });
    }

    /// <summary>Asks the server to end as a service manager does.</summary>
    /// <returns>The exit status.</returns>
    public Task<int> StopAsync() => _process!.StopAsync();

    /// <summary>The last lines that the server printed.</summary>
    public string Log => _process?.Log ?? "";

    public void Signal(int signal) => _process!.Signal(signal);

    /// <returns>The exit status.</returns>
    public Task<int> WaitForExitAsync() => _process!.WaitForExitAsync();

    /// <summary>Ends the server as a power cut does.</summary>
    public Task KillAsync() => _process!.KillAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _http.Dispose();
    }
}
