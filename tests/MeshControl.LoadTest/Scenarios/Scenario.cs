using MeshControl.LoadTest.Arguments;

namespace MeshControl.LoadTest.Scenarios;

/// <summary>Something that a crowd of nodes does. A scenario is a file, and an entry of <see cref="All"/>.</summary>
public abstract class Scenario
{
    /// <summary>
    /// In the order in which they are run; the first one is what all others need, and after the last one nobody knows any more who
    /// is to know whom.
    /// </summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new JoinScenario(), new LateScenario(), new ChangeScenario(), new ChurnScenario(), new PolicyScenario(), new StormScenario(),
        new IdleScenario(), new MixedScenario(),
    ];

    /// <summary>As the user writes it.</summary>
    public abstract string Name { get; }

    /// <summary>For the help.</summary>
    public abstract string Summary { get; }

    public static Scenario? Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name);

    /// <summary>What is to be run for what the user wants: nodes that have not joined can do nothing else.</summary>
    public static IReadOnlyList<Scenario> Plan(LoadOptions options)
    {
        var wanted = options.Scenarios
            .SelectMany(name => name == LoadArguments.AllScenarios ? All.Where(scenario => scenario.Needs(options) is null) : [Find(name)!])
            .Prepend(All[0]).Distinct().ToList();
        return [.. wanted.Where(scenario => scenario != All[^1]), .. wanted.Where(scenario => scenario == All[^1])];
    }

    /// <summary>The option without which it cannot be run, if that is missing.</summary>
    public virtual string? Needs(LoadOptions options) => null;

    /// <summary>Does it, and adds its figures to the run.</summary>
    /// <param name="run">Crowd, options, and where figures and failures go.</param>
    /// <param name="limit">Fires when the user's limit is over, or the user interrupts.</param>
    /// <returns>False if time ran out.</returns>
    public abstract Task<bool> RunAsync(ScenarioRun run, CancellationToken limit);
}
