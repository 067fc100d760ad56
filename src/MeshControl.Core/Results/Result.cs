using System.Diagnostics.CodeAnalysis;

namespace MeshControl.Core;

/// <summary>A value, or the reason why there is none.</summary>
public readonly record struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, CoreError? error)
    {
        _value = value;
        Error = error;
    }

    /// <summary>Null when there is a value.</summary>
    public CoreError? Error { get; }

    /// <exception cref="InvalidOperationException">There is an error instead.</exception>
    public T Value => Error is null ? _value! : throw new InvalidOperationException(Error.Message);

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(CoreError error) => new(default, error);

    public bool TryGetValue([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out CoreError? error)
    {
        value = _value;
        error = Error;
        return error is null;
    }
}
