namespace MeshControl.Testing.Channels;

/// <summary>Bytes of one or more connections, as they were on the wire (inside TLS). All members may be used concurrently.</summary>
public sealed class ByteCounter
{
    private long _received;
    private long _sent;

    public long Received => Interlocked.Read(ref _received);

    public long Sent => Interlocked.Read(ref _sent);

    internal void AddReceived(int count) => Interlocked.Add(ref _received, count);

    internal void AddSent(int count) => Interlocked.Add(ref _sent, count);
}
