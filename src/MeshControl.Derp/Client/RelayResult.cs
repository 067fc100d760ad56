using System.Diagnostics.CodeAnalysis;

namespace MeshControl.Derp.Client;

/// <summary>What came of a step on the way to a relay: a value, or the reason why there is none.</summary>
public sealed record RelayResult<T>
    where T : class
{
    private RelayResult(T? value, RelayFailure? failure) => (Value, Failure) = (value, failure);

    public T? Value { get; }

    public RelayFailure? Failure { get; }

    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool Succeeded => Failure is null;

    public static implicit operator RelayResult<T>(T value) => new(value, null);

    public static implicit operator RelayResult<T>(RelayFailure failure) => new(null, failure);
}
