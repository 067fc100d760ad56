using System.Diagnostics;
using MeshControl.ClientTests.Processes;

namespace MeshControl.ClientTests.Waiting;

/// <summary>
/// Waits for what other processes do, by looking again and again until it is so. The only place of this project that lets time pass.
/// </summary>
internal static class Eventually
{
    /// <summary>
    /// For whatever takes well below a second on an idle machine. Generous, since it only costs time when a test fails anyway, and
    /// real clients share two cores with everything else.
    /// </summary>
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(30);

    /// <summary>
    /// For what clients do after they lost the server: their pauses between attempts grow up to half a minute.
    /// </summary>
    public static readonly TimeSpan AfterReconnect = TimeSpan.FromSeconds(90);

    /// <summary>To look takes a program's start, which costs many times what those who are waited for do meanwhile; so pauses grow.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <param name="what">Completes the sentence "waited in vain for …".</param>
    /// <param name="read">Looks. A program or a connection that fails counts as "not yet".</param>
    /// <param name="holds">Whether it is so.</param>
    /// <param name="within">Null: <see cref="Default"/>.</param>
    /// <returns>The first value that holds.</returns>
    public static async Task<T> GetAsync<T>(string what, Func<CancellationToken, Task<T>> read, Func<T, bool> holds, TimeSpan? within = null)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var limit = within ?? Default;
        var began = Stopwatch.GetTimestamp();
        var pause = FirstPause;
        var last = "nothing";
        while (true)
        {
            try
            {
                var value = await read(cancellationToken);
                if (holds(value))
                {
                    return value;
                }

                last = value?.ToString() ?? "null";
            }
            catch (Exception exception) when (
                exception is CommandFailedException or HttpRequestException or IOException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                last = exception.Message;
            }

            if (Stopwatch.GetElapsedTime(began) > limit)
            {
                Assert.Fail($"Waited {limit.TotalSeconds} s in vain for {what}; the last thing seen was: {last}");
            }

            await Task.Delay(pause, cancellationToken);
            pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
        }
    }

    public static async Task HoldsAsync(string what, Func<CancellationToken, Task<bool>> holds, TimeSpan? within = null) =>
        await GetAsync(what, holds, held => held, within);
}
