namespace MeshControl.LoadTest.Figures;

/// <summary>One measured thing.</summary>
/// <param name="Name">In JSON; with its unit at the end.</param>
/// <param name="Label">In the table; with its unit unless it is a distribution, whose is milliseconds.</param>
/// <param name="Value">A number, if it is one.</param>
/// <param name="Durations">Durations, if it is many.</param>
public sealed record Figure(string Name, string Label, double? Value, Distribution? Durations)
{
    public static Figure Of(string name, string label, double value) => new(name, label, value, null);

    public static Figure Of(string name, string label, IEnumerable<TimeSpan> durations) =>
        new(name, label, null, new Distribution(durations));
}
