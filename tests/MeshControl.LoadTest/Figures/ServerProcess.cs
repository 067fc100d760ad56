using System.Globalization;

namespace MeshControl.LoadTest.Figures;

/// <summary>A process of this machine, seen from outside. Linux alone has these files.</summary>
public sealed class ServerProcess(int pid)
{
    // What Linux has counted in since it left the last other architecture behind.
    private const double TicksPerSecond = 100;

    /// <exception cref="LoadException">There is no such process.</exception>
    public ProcessSample Sample()
    {
        try
        {
            // The name in parentheses may hold anything; fields are counted from behind it.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            var status = File.ReadAllLines($"/proc/{pid}/status");
            var processor = (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
            return new ProcessSample(processor, Memory(status, "VmRSS:"), Memory(status, "VmHWM:"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LoadException($"The server's process {pid} cannot be measured: {e.Message}", e);
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static double Memory(string[] status, string name)
    {
        var line = status.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : Number(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim()) / 1024;
    }
}
