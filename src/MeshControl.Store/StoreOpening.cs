using System.Diagnostics.CodeAnalysis;

namespace MeshControl.Store;

/// <summary>An open store, or the one sentence that tells the operator what is wrong, where, and what to do.</summary>
public sealed class StoreOpening
{
    private StoreOpening(MeshStore? store, string? problem)
    {
        Store = store;
        Problem = problem;
    }

    public MeshStore? Store { get; }

    public string? Problem { get; }

    [MemberNotNullWhen(true, nameof(Store))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool Succeeded => Store is not null;

    internal static StoreOpening Of(MeshStore store) => new(store, null);

    internal static StoreOpening Refused(string problem) => new(null, problem);
}
