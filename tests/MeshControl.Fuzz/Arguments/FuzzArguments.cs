using System.Globalization;
using MeshControl.Fuzz.Targets;

namespace MeshControl.Fuzz.Arguments;

/// <summary>The command line: a target, a count, and options.</summary>
public static class FuzzArguments
{
    private const string AllTargets = "all";

    /// <summary>What <c>--help</c> prints.</summary>
    public static string Help { get; } =
        $"""
        Throws mutated input at everything that reads the bytes of others, and checks that nothing but the documented happens.

          MeshControl.Fuzz TARGET COUNT [--seed N] [--only INDEX]

          TARGET        {string.Join(", ", FuzzTarget.Names)}, or {AllTargets}
          COUNT         inputs per target
          --seed N      other inputs (1)
          --only INDEX  nothing but the input of this index, as a failure names it, described in full

        Exit status: 0 all is well, 1 an input broke a rule, 2 the arguments are wrong.

        """;

    /// <summary>Takes the arguments apart.</summary>
    /// <returns>Options, or one sentence, or a wish for help.</returns>
    public static (FuzzOptions? Options, string? Error, bool WantsHelp) Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.Any(argument => argument is "--help" or "-h" or "-?"))
        {
            return (null, null, true);
        }

        if (arguments.Count < 2)
        {
            return Wrong("Say what to fuzz and with how many inputs, such as: all 100000; see --help.");
        }

        IReadOnlyList<string>? targets =
            arguments[0] == AllTargets ? FuzzTarget.Names : FuzzTarget.Names.Contains(arguments[0]) ? [arguments[0]] : null;
        if (targets is null)
        {
            return Wrong($"There is no target '{arguments[0]}'; there are {string.Join(", ", FuzzTarget.Names)} and {AllTargets}.");
        }

        if (!TryNumber(arguments[1], out var count) || count == 0)
        {
            return Wrong($"The count '{arguments[1]}' is not a number of at least 1.");
        }

        var options = new FuzzOptions { Targets = targets, Count = count };
        for (var i = 2; i < arguments.Count; i += 2)
        {
            var name = arguments[i];
            if (name is not ("--seed" or "--only"))
            {
                return Wrong($"There is no option {name}; see --help.");
            }

            if (i + 1 == arguments.Count || !TryNumber(arguments[i + 1], out var number))
            {
                return Wrong($"{name} needs a number of at least 0.");
            }

            options = name == "--seed" ? options with { Seed = number } : options with { Only = number };
        }

        return (options, null, false);
    }

    private static (FuzzOptions? Options, string? Error, bool WantsHelp) Wrong(string sentence) => (null, sentence, false);

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
