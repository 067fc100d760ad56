using System.Text;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Tests.Client;

/// <summary>What a relay does on a connection, step by step.</summary>
internal sealed class RelayScript(Stream stream, CancellationToken cancellationToken)
{
    public static readonly X25519PrivateKey Key = X25519PrivateKey.Generate();

    private readonly TaskCompletionSource _hungUp = new();

    public static DerpPublicKey PublicKey => new(Key.PublicKey);

    /// <summary>Done when the test wants the connection to end.</summary>
    public Task HungUp => _hungUp.Task;

    public void HangUp() => _hungUp.TrySetResult();

    /// <summary>The head of the request, to the empty line and no further.</summary>
    public async Task<string> ReadRequestAsync()
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one, cancellationToken);
            head.Append((char)one[0]);
        }

        return head.ToString();
    }

    public Task WriteAsync(string text) => WriteAsync(Encoding.ASCII.GetBytes(text));

    public Task WriteAsync(byte[] bytes) => stream.WriteAsync(bytes, cancellationToken).AsTask();

    public Task SwitchAsync() => WriteAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: DERP\r\nConnection: Upgrade\r\n\r\n");

    public Task GreetAsync() => GreetAsync(PublicKey);

    public Task GreetAsync(DerpPublicKey key)
    {
        var frame = new byte[DerpFrame.ServerKeyFrameLength];
        DerpFrame.WriteServerKey(frame, key);
        return WriteAsync(frame);
    }

    public async Task<(DerpFrameType Type, byte[] Payload)> ReadFrameAsync()
    {
        var header = new byte[DerpProtocol.HeaderLength];
        await stream.ReadExactlyAsync(header, cancellationToken);
        var (type, length) = DerpFrame.ReadHeader(header);
        var payload = new byte[length];
        await stream.ReadExactlyAsync(payload, cancellationToken);
        return (type, payload);
    }

    public async Task<(NodePublicKey Client, DerpClientInfo Info)> ReadLoginAsync()
    {
        var (type, payload) = await ReadFrameAsync();
        Assert.Equal(DerpFrameType.ClientInfo, type);
        Assert.True(DerpLogin.TryReadClientInfo(Key, payload, out var client, out var info));
        return (client, info);
    }

    public Task WelcomeAsync(NodePublicKey client) =>
        WriteAsync(DerpLogin.WriteServerInfo(Key, client, new byte[NaclBox.NonceLength], new DerpServerInfo { Version = DerpProtocol.Version }));

    /// <summary>All of the above.</summary>
    public async Task<(NodePublicKey Client, DerpClientInfo Info)> LetInAsync()
    {
        await ReadRequestAsync();
        await SwitchAsync();
        await GreetAsync();
        var login = await ReadLoginAsync();
        await WelcomeAsync(login.Client);
        return login;
    }

    /// <summary>Until the client leaves.</summary>
    public async Task WaitAsync()
    {
        var buffer = new byte[1024];
        while (await stream.ReadAsync(buffer, cancellationToken) > 0)
        {
            // Goes on.
        }
    }
}
