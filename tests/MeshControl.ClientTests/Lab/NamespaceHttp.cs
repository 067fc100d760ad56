using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MeshControl.ClientTests.Lab;

/// <summary>
/// Connections out of a network namespace without leaving this process. A socket belongs for good to the namespace that its thread was
/// in when it was made, so a thread that enters the namespace, connects and ends is all it takes.
/// </summary>
internal static partial class NamespaceHttp
{
    private const int NetworkNamespace = 0x40000000; // CLONE_NEWNET

    /// <summary>A server that does not answer at once is asked again.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static HttpClient CreateClient(string name)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, _) => await ConnectAsync(name, context.DnsEndPoint),
            UseProxy = false,
        };
        return new HttpClient(handler) { Timeout = Timeout };
    }

    private static Task<Stream> ConnectAsync(string name, DnsEndPoint target)
    {
        var connected = new TaskCompletionSource<Stream>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                Enter(name);
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    socket.Connect(IPAddress.Parse(target.Host), target.Port);
                    connected.SetResult(new NetworkStream(socket, ownsSocket: true));
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            }
            catch (Exception exception) when (exception is SocketException or IOException or Win32Exception)
            {
                connected.SetException(exception);
            }
        });
        thread.IsBackground = true;
        thread.Start();
        return connected.Task;
    }

    private static void Enter(string name)
    {
        using var file = File.OpenHandle($"/run/netns/{name}");
        if (SetNamespace(file, NetworkNamespace) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeFileHandle file, int type);
}
