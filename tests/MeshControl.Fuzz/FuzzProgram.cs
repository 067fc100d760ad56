using MeshControl.Fuzz.Arguments;
using MeshControl.Fuzz.Engine;
using MeshControl.Fuzz.Targets;

namespace MeshControl.Fuzz;

/// <summary>The whole program, from its arguments to its exit status.</summary>
public static class FuzzProgram
{
    public const int Success = 0;

    /// <summary>An input broke a rule.</summary>
    public const int Failure = 1;

    /// <summary>The arguments make no sense.</summary>
    public const int Misuse = 2;

    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        var (options, error, wantsHelp) = FuzzArguments.Parse(arguments);
        if (wantsHelp)
        {
            output.Write(FuzzArguments.Help);
            return Success;
        }

        if (options is null)
        {
            errors.WriteLine(error);
            return Misuse;
        }

        var isGood = true;
        foreach (var name in options.Targets)
        {
            using var target = FuzzTarget.Create(name);
            var report = new FuzzRunner(target, options, output).Run();
            report.Write(output);
            isGood &= report.Failures.Count == 0;
        }

        return isGood ? Success : Failure;
    }
}
