namespace MeshControl.LoadTest.Scenarios;

/// <summary>One node after another moves to another endpoint, the next when all who see it have heard of the last.</summary>
public sealed class ChangeScenario : Scenario
{
    public override string Name => "change";

    public override string Summary => "one by one, endpoints change until all others have seen it";

    public override async Task<bool> RunAsync(ScenarioRun run, CancellationToken limit)
    {
        var nodes = run.Crowd.Nodes;
        var moves = new Moves(run);
        for (var change = 0; change < run.Options.Changes && moves.Missing == 0; change++)
        {
            await moves.MoveAsync(nodes[change % nodes.Count], limit);
        }

        moves.AddFigures();
        return moves.Missing == 0;
    }
}
