namespace MeshControl.Server.Configuration.Values;

/// <summary>A value, or what is wrong with its text and how to mend it.</summary>
/// <param name="Message">Null when there is a value.</param>
internal readonly record struct Parsed<T>(T? Value, string? Message, string Remedy)
{
    public static implicit operator Parsed<T>(T value) => new(value, null, "");

    /// <summary>The value in another form; a complaint stays what it is.</summary>
    public Parsed<TResult> Then<TResult>(Func<T, TResult> convert) =>
        Message is null ? convert(Value!) : Parsed<TResult>.Bad(Message, Remedy);

    public static Parsed<T> Bad(string message, string remedy) => new(default, message, remedy);
}
