using System.Globalization;
using MeshControl.LoadTest.Scenarios;

namespace MeshControl.LoadTest.Arguments;

/// <summary>The command line: <c>--name value</c> or <c>--name=value</c>.</summary>
public static class LoadArguments
{
    public const string AllScenarios = "all";

    // More than one process can simulate; who wants more runs several.
    private const int MaxNodes = 20_000;
    private const int MaxChanges = 10_000;

    /// <summary>What <c>--help</c> prints.</summary>
    public static string Help { get; } =
        $"""
        Measures a login server with simulated nodes, and compares what each of them came to believe with what the server says.

          MeshControl.LoadTest --login-server URL --authkey KEY [--nodes N] [options]

        Works against any server that stock clients log in to. The nodes stay registered when the program ends: use a key of a
        user of their own, or one for ephemeral nodes.

          --login-server URL   the server, http:// or https://
          --authkey KEY        a reusable pre-auth key
          --nodes N            nodes to simulate (100)
          --scenario NAME      what to measure, several with commas in between, or all (all):
        {string.Join('\n', Scenario.All.Select(scenario => $"                                 {scenario.Name,-8} {scenario.Summary}"))}
          --concurrency N      nodes that join, or connect again, at the same time (50)
          --expect N           peers that each node must come to know (all the others)
          --changes N          changes of scenario change (20)
          --limit SECONDS      a scenario that takes longer is reported as not done (300)
          --prefix NAME        beginning of the nodes' host names (load)
          --server-pid PID     the server's process, if it runs on this machine: its processor time and memory
          --json FILE          writes the figures as JSON too

        Exit status: 0 all is well; 1 something failed, was not done in time, or a node believes what the server does not say;
        2 the arguments are wrong.

        """;

    /// <summary>Takes the arguments apart.</summary>
    /// <returns>Options, or one sentence, or a wish for help.</returns>
    public static (LoadOptions? Options, string? Error, bool WantsHelp) Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.Any(argument => argument is "--help" or "-h" or "-?"))
        {
            return (null, null, true);
        }

        var options = new LoadOptions { LoginServer = new Uri("http://invalid"), AuthKey = "" };
        var expected = (int?)null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < arguments.Count; i++)
        {
            var (name, value) = Split(arguments, ref i);
            if (value is null)
            {
                return Wrong(name.StartsWith("--", StringComparison.Ordinal)
                    ? $"{name} needs a value."
                    : $"'{name}' is no option; see --help.");
            }

            if (!seen.Add(name))
            {
                return Wrong($"{name} is given twice.");
            }

            if (name == "--expect")
            {
                if (ParseNumber(name, value, 0, int.MaxValue, out var number) is { } mistake)
                {
                    return Wrong(mistake);
                }

                expected = number;
            }
            else if (Set(ref options, name, value) is { } mistake)
            {
                return Wrong(mistake);
            }
        }

        return !seen.Contains("--login-server") ? Wrong("Say which server with --login-server URL; see --help.")
            : !seen.Contains("--authkey") ? Wrong("Say how nodes log in with --authkey KEY; see --help.")
            : (options with { ExpectedPeers = expected ?? options.Nodes - 1 }, null, false);
    }

    private static (LoadOptions? Options, string? Error, bool WantsHelp) Wrong(string sentence) => (null, sentence, false);

    private static (string Name, string? Value) Split(IReadOnlyList<string> arguments, ref int i)
    {
        var argument = arguments[i];
        if (!argument.StartsWith("--", StringComparison.Ordinal))
        {
            return (argument, null);
        }

        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals >= 0 ? (argument[..equals], argument[(equals + 1)..])
            : i + 1 < arguments.Count ? (argument, arguments[++i])
            : (argument, null);
    }

    private static string? Set(ref LoadOptions options, string name, string value)
    {
        switch (name)
        {
            case "--login-server":
                if (!Uri.TryCreate(value, UriKind.Absolute, out var url)
                    || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
                {
                    return $"--login-server '{value}' is no URL such as http://127.0.0.1:8080.";
                }

                options = options with { LoginServer = url };
                return null;

            case "--authkey":
                options = options with { AuthKey = value };
                return value.Length == 0 ? "--authkey is empty." : null;

            case "--scenario":
                options = options with { Scenarios = value.Split(',') };
                var unknown = options.Scenarios.FirstOrDefault(scenario => scenario != AllScenarios && Scenario.Find(scenario) is null);
                return unknown is null ? null : $"There is no scenario '{unknown}'; there are {Names()} and {AllScenarios}.";

            case "--prefix":
                options = options with { Prefix = value };
                return null;

            case "--json":
                options = options with { JsonFile = value };
                return null;

            default:
                return SetNumber(ref options, name, value);
        }
    }

    private static string? SetNumber(ref LoadOptions options, string name, string value)
    {
        var (min, max) = name switch
        {
            "--nodes" => (2, MaxNodes),
            "--concurrency" => (1, MaxNodes),
            "--changes" => (1, MaxChanges),
            "--limit" => (1, 24 * 60 * 60),
            "--server-pid" => (1, int.MaxValue),
            _ => (0, 0),
        };
        if (max == 0)
        {
            return $"There is no option {name}; see --help.";
        }

        if (ParseNumber(name, value, min, max, out var number) is { } mistake)
        {
            return mistake;
        }

        options = name switch
        {
            "--nodes" => options with { Nodes = number },
            "--concurrency" => options with { Concurrency = number },
            "--changes" => options with { Changes = number },
            "--limit" => options with { Limit = TimeSpan.FromSeconds(number) },
            _ => options with { ServerPid = number },
        };
        return null;
    }

    private static string? ParseNumber(string name, string value, int min, int max, out int number) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= min && number <= max ? null
            : max == int.MaxValue ? $"{name} '{value}' is not a number of at least {min}."
            : $"{name} '{value}' is not a number from {min} to {max}.";

    private static string Names() => string.Join(", ", Scenario.All.Select(scenario => scenario.Name));
}
