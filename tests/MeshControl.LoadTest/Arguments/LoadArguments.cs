using System.Globalization;
using System.Security.Cryptography;
using MeshControl.LoadTest.Crowds;
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
          --authkeys FILE      or several of them, one a line; nodes take them in turn, so each key's nodes are a group
          --nodes N            nodes to simulate (100)
          --scenario NAME      what to measure, several with commas in between, or all (all):
        {string.Join('\n', Scenario.All.Select(scenario => $"                                 {scenario.Name,-8} {scenario.Summary}"))}
          --concurrency N      nodes that join, or connect again, at the same time (50)
          --storm N            nodes that connect again at the same time in a storm (as --concurrency)
          --expect N|all|own   peers that each node must come to know: a number, all the others, or all of its group (all)
          --changes N          changes or late joiners of the scenarios change and late (20)
          --policies N         policies of the scenario policy (5)
          --rate N             events a second of churn (20) and mixed (a day at 100 times its speed: a node has 3.7 in 100 s)
          --seconds N          length of churn and mixed, half the length of idle (20)
          --seed N             where everything random comes from (another one each time; it is printed)
          --set-policy CMD     sets the policy that it reads from its input; needed by policy, used by mixed
          --admin CMD          does something to the node whose ID is $1, such as what random number $2 says; used by mixed
          --during CMD         is run again and again in the middle of a storm, and timed
          --sample N           nodes that the oracle looks at (all)
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

        var options = new LoadOptions
        {
            LoginServer = new Uri("http://invalid"),
            AuthKeys = [],
            Seed = RandomNumberGenerator.GetInt32(int.MaxValue),
        };
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

            if (Set(ref options, name, value) is { } mistake)
            {
                return Wrong(mistake);
            }
        }

        return !seen.Contains("--login-server") ? Wrong("Say which server with --login-server URL; see --help.")
            : options.AuthKeys.Count == 0 ? Wrong("Say how nodes log in with --authkey KEY; see --help.")
            : options.AuthKeys.Count > options.Nodes ? Wrong($"There are more keys ({options.AuthKeys.Count}) than nodes ({options.Nodes}).")
            : options.Scenarios.Select(Scenario.Find).FirstOrDefault(scenario => scenario?.Needs(options) is not null) is { } scenario
                ? Wrong($"Scenario {scenario.Name} needs {scenario.Needs(options)}.")
            : (options, null, false);
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
                options = options with { AuthKeys = [value] };
                return value.Length == 0 ? "--authkey is empty." : null;

            case "--authkeys":
                return SetKeys(ref options, value);

            case "--expect" when value is "all" or "own":
                options = options with { OwnOnly = value == "own" };
                return null;

            case "--set-policy":
                options = options with { SetPolicy = (text, token) => Commands.RunAsync(value, text, [], token) };
                return null;

            case "--admin":
                options = options with { Administer = (node, number, token) => Commands.RunAsync(value, "", [$"{node}", $"{number}"], token) };
                return null;

            case "--during":
                options = options with { During = token => Commands.RunAsync(value, "", [], token) };
                return null;

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

    private static string? SetKeys(ref LoadOptions options, string file)
    {
        try
        {
            var keys = File.ReadAllLines(file).Select(line => line.Trim()).Where(line => line.Length > 0).ToList();
            options = options with { AuthKeys = keys };
            return keys.Count == 0 ? $"--authkeys '{file}' holds no key." : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"--authkeys '{file}' cannot be read: {e.Message}";
        }
    }

    private static string? SetNumber(ref LoadOptions options, string name, string value)
    {
        var (min, max) = name switch
        {
            "--nodes" => (2, MaxNodes),
            "--concurrency" or "--storm" or "--sample" => (1, MaxNodes),
            "--expect" => (0, int.MaxValue),
            "--rate" => (1, MaxChanges),
            "--seconds" => (1, 24 * 60 * 60),
            "--seed" => (0, int.MaxValue),
            "--changes" or "--policies" => (1, MaxChanges),
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
            "--policies" => options with { Policies = number },
            "--storm" => options with { StormConcurrency = number },
            "--sample" => options with { Sample = number },
            "--expect" => options with { ExpectedPeers = number },
            "--rate" => options with { Rate = number },
            "--seconds" => options with { Length = TimeSpan.FromSeconds(number) },
            "--seed" => options with { Seed = number },
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
