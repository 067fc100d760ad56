using MeshControl.LoadTest.Arguments;
using MeshControl.LoadTest.Crowds;
using MeshControl.LoadTest.Figures;
using MeshControl.LoadTest.Reports;
using MeshControl.LoadTest.Scenarios;

namespace MeshControl.LoadTest;

/// <summary>The whole program, from its arguments to its exit status.</summary>
public static class LoadProgram
{
    /// <summary>All scenarios were done, and every node believes what the server says.</summary>
    public const int Success = 0;

    /// <summary>A scenario was not done in time, a node failed, or the oracle found a difference.</summary>
    public const int Failure = 1;

    /// <summary>The arguments make no sense.</summary>
    public const int Misuse = 2;

    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var parsed = LoadArguments.Parse(arguments);
        if (parsed.WantsHelp)
        {
            await output.WriteAsync(LoadArguments.Help);
            return Success;
        }

        if (parsed.Options is not { } options)
        {
            await errors.WriteLineAsync(parsed.Error);
            return Misuse;
        }

        try
        {
            return await RunAsync(options, output, cancellationToken);
        }
        catch (LoadException e)
        {
            await errors.WriteLineAsync(e.Message);
            return Failure;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await errors.WriteLineAsync("Interrupted; what was done until then is above.");
            return Failure;
        }
    }

    /// <summary>Runs the scenarios, prints each one's figures when it is done, and writes the file.</summary>
    /// <returns>The exit status.</returns>
    /// <exception cref="LoadException">There is no server, it does not let the nodes in, or a file cannot be written.</exception>
    public static async Task<int> RunAsync(LoadOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        var server = options.ServerPid is { } pid ? new ServerProcess(pid) : null;
        server?.Sample();
        await using var crowd = new Crowd(options);
        await crowd.GreetAsync(cancellationToken);
        await output.WriteLineAsync($"seed {options.Seed}");
        await output.WriteLineAsync();
        var reports = new List<ScenarioReport>();
        foreach (var scenario in Scenario.Plan(options))
        {
            var run = new ScenarioRun(crowd, options, server);
            var report = await run.RunAsync(scenario, cancellationToken);
            reports.Add(report);
            await TableReport.WriteAsync(output, report);
            if (!report.IsDone)
            {
                break;
            }
        }

        if (options.JsonFile is { } file)
        {
            await JsonReport.WriteAsync(file, options, reports, cancellationToken);
        }

        return reports.TrueForAll(report => report.IsGood) ? Success : Failure;
    }
}
