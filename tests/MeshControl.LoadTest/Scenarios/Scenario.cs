using MeshControl.LoadTest.Arguments;

namespace MeshControl.LoadTest.Scenarios;

/// <summary>Something that a crowd of nodes does. A scenario is a file, and an entry of <see cref="All"/>.</summary>
public abstract class Scenario
{
    /// <summary>In the order in which they are run; the first one is what all others need.</summary>
    public static IReadOnlyList<Scenario> All { get; } = [new JoinScenario(), new ChangeScenario(), new StormScenario()];

    /// <summary>As the user writes it.</summary>
    public abstract string Name { get; }

    /// <summary>For the help.</summary>
    public abstract string Summary { get; }

    public static Scenario? Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name);

    /// <summary>What is to be run for what the user wants: nodes that have not joined can do nothing else.</summary>
    public static IReadOnlyList<Scenario> Plan(IReadOnlyList<string> names)
    {
        var wanted = names.SelectMany(name => name == LoadArguments.AllScenarios ? All : [Find(name)!]);
        return [.. wanted.Prepend(All[0]).Distinct()];
    }

    /// <summary>Does it, and adds its figures to the run.</summary>
    /// <param name="run">Crowd, options, and where figures and failures go.</param>
    /// <param name="limit">Fires when the user's limit is over, or the user interrupts.</param>
    /// <returns>False if time ran out.</returns>
    public abstract Task<bool> RunAsync(ScenarioRun run, CancellationToken limit);
}
