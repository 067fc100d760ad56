using MeshControl.Testing.Peers;

namespace MeshControl.FunctionalTests.Attacks;

/// <summary>Floods of HTTP/2 frames, by the ways that lead to HTTP/2 without a key: inside a channel, and on the administration socket.</summary>
[Collection(AttackCollection.Name)]
public sealed class FloodTests
{
    private const int Pieces = 20_000;
    private const int PiecesPerWrite = 50;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => [.. Flood.All.Select(flood => flood.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Flood_FromEverySide_StopsNobodyAndHoldsNothing(string name)
    {
        var flood = Flood.All.Single(candidate => candidate.Name == name);
        await using var attacked = await AttackedServer.StartAsync(tls: true);
        await attacked.AssertServesAsync();
        var memory = new MemoryProbe();
        ScriptedPeer[] peers =
        [
            await attacked.ShakeHandsAsync(),
            await ScriptedPeer.ConnectUnixAsync(attacked.UnixSocket, Token),
        ];
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var attacks = peers.Select(peer => AttackAsync(peer, flood, enough.Token)).ToArray();

        await attacked.AssertServesAsync();
        if (flood.Reads)
        {
            var ended = await Task.WhenAll(attacks);
            Assert.True(!flood.EndsConnection || ended.All(end => end), "The server did not end every connection.");
        }

        memory.AssertFlat();
        await attacked.AssertServesAsync();
        await enough.CancelAsync();
        await Task.WhenAll(attacks);
        await Task.WhenAll(peers.Select(peer => peer.DisposeAsync().AsTask()));
        await attacked.AssertServesAsync();
    }

    /// <returns>Whether the server ended the connection before all was sent, or after it.</returns>
    private static async Task<bool> AttackAsync(ScriptedPeer peer, Flood flood, CancellationToken cancellationToken)
    {
        try
        {
            await peer.SendAsync(Http2Frame.Preface.ToArray(), cancellationToken);
            await peer.SendFrameAsync(new Http2Frame(Http2FrameType.Settings, 0, 0, default), cancellationToken);
            var reading = flood.Reads ? ReadToEndAsync(peer, cancellationToken) : Task.CompletedTask;
            for (var sent = 0; sent < Pieces && !(flood.Reads && reading.IsCompleted); sent += PiecesPerWrite)
            {
                byte[] pieces = [.. Enumerable.Range(sent, PiecesPerWrite).SelectMany(flood.Frames)];
                await peer.SendAsync(pieces, cancellationToken);
            }

            if (flood.EndsConnection)
            {
                await reading;
                return true;
            }

            return reading.IsCompleted;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            return exception is IOException;
        }
    }

    private static async Task ReadToEndAsync(ScriptedPeer peer, CancellationToken cancellationToken)
    {
        try
        {
            await peer.ReadToEndAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // It was enough.
        }
    }
}
