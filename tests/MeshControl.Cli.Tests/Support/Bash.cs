using System.Diagnostics;

namespace MeshControl.Cli.Tests.Support;

/// <summary>A real bash in which <c>meshctl</c> is the program under test.</summary>
internal static class Bash
{
    /// <returns>Its standard output. What it says besides fails the test.</returns>
    public static async Task<string> RunAsync(string script)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo("bash", ["--norc", "--noprofile", "-s"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var program = Path.Combine(AppContext.BaseDirectory, "meshctl.dll");
        await process.StandardInput.WriteAsync($"meshctl() {{ dotnet '{program}' \"$@\"; }}\n{script}\n");
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        await process.WaitForExitAsync(cancellationToken);
        Assert.Equal("", await error);
        return await output;
    }
}
