using System.Globalization;

namespace MeshControl.ClientTests.Lab;

/// <summary>Names of network namespaces, which tell who made them: <c>mesh</c>, process id, <c>x</c>, lab, <c>h</c>, host.</summary>
internal static class LabNames
{
    private const string Prefix = "mesh";

    public static string Host(int lab, int host) => $"{Prefix}{Environment.ProcessId}x{lab}h{host}";

    /// <returns>The process that made it; null if it is none of ours.</returns>
    public static int? Maker(string name)
    {
        var end = name.IndexOf('x', StringComparison.Ordinal);
        return end > Prefix.Length
            && name.StartsWith(Prefix, StringComparison.Ordinal)
            && int.TryParse(name.AsSpan(Prefix.Length, end - Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                ? process
                : null;
    }
}
