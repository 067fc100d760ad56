using System.Globalization;
using MeshControl.ClientTests.Clients;
using MeshControl.ClientTests.Waiting;

namespace MeshControl.ClientTests.Policies;

/// <summary>TCP connections through the mesh, and what becomes of them.</summary>
internal static class Connections
{
    /// <summary>
    /// Waits until a connection is answered by the host behind the other client, or until that client says that its filter has dropped it,
    /// whichever is expected.
    /// </summary>
    public static Task EndAsync(RealClient from, RealClient to, string address, int port, bool isAnswered) => Eventually.HoldsAsync(
        $"a connection from {from.Name} to {address}, port {port}, to be {(isAnswered ? "answered" : "dropped")}",
        token => TryAsync(from, to, address, port, isAnswered, token));

    private static async Task<bool> TryAsync(
        RealClient from, RealClient to, string address, int port, bool isAnswered, CancellationToken cancellationToken)
    {
        var text = port.ToString(CultureInfo.InvariantCulture);
        var drop = $"{(address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address)}:{text}}}";
        var before = Drops(to, drop).ToHashSet();
        using var connection = from.Start("nc", address, text);
        try
        {
            var answer = connection.StandardOutput.ReadLineAsync(cancellationToken).AsTask();
            await Eventually.HoldsAsync(
                $"an answer from {address}, port {text}, or a refusal",
                _ => Task.FromResult(answer.IsCompleted || Drops(to, drop).Except(before).Any()));
            return isAnswered == (answer.IsCompleted && await answer is not null);
        }
        finally
        {
            if (!connection.HasExited)
            {
                connection.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>The lines by which a client says what it has dropped: with the time, and so each but once.</summary>
    private static IEnumerable<string> Drops(RealClient client, string destination) => client.Log.Split('\n')
        .Where(line => line.Contains("Drop: TCP{", StringComparison.Ordinal) && line.Contains(destination, StringComparison.Ordinal));
}
