using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MeshControl.ClientTests.Lab;

/// <summary>
/// Sockets in a network namespace without leaving this process. A socket belongs for good to the namespace that its thread was in when it
/// was made, so a thread that enters the namespace, makes the socket and ends is all it takes.
/// </summary>
internal static partial class NamespaceSockets
{
    private const int NetworkNamespace = 0x40000000; // CLONE_NEWNET

    public static Task<Socket> ConnectAsync(string name, IPEndPoint target) => MakeAsync(name, socket => socket.Connect(target));

    public static Task<Socket> ListenAsync(string name, IPEndPoint local) => MakeAsync(name, socket =>
    {
        socket.Bind(local);
        socket.Listen();
    });

    private static Task<Socket> MakeAsync(string name, Action<Socket> prepare)
    {
        var made = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                Enter(name);
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    prepare(socket);
                    made.SetResult(socket);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            }
            catch (Exception exception) when (exception is SocketException or IOException or Win32Exception)
            {
                made.SetException(exception);
            }
        });
        thread.IsBackground = true;
        thread.Start();
        return made.Task;
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
