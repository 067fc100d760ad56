using System.Net.Sockets;
using System.Text;

namespace MeshControl.ClientTests.Policies;

/// <summary>Says its name to whoever connects.</summary>
internal sealed class GreetingHost : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly byte[] _greeting;
    private readonly Task _serving;

    /// <param name="listener">Owned from here on.</param>
    /// <param name="name">What it says.</param>
    public GreetingHost(Socket listener, string name)
    {
        _listener = listener;
        _greeting = Encoding.UTF8.GetBytes(name + "\n");
        _serving = ServeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                await GreetAsync(await _listener.AcceptAsync());
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task GreetAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                await socket.SendAsync(_greeting);
            }
            catch (SocketException)
            {
                // It was only knocking.
            }
        }
    }
}
