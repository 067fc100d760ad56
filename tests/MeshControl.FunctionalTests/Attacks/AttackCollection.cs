namespace MeshControl.FunctionalTests.Attacks;

/// <summary>Attacks measure the memory of the process, so nothing else may run in it meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AttackCollection
{
    public const string Name = "Attacks";
}
