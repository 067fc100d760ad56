using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace MeshControl.Server;

/// <summary>
/// The buffer in which the web server encodes the headers of responses. It keeps one of 16 KB for each HTTP/2 connection as long as that
/// lives, which was more than a quarter of what an idle client cost. Ours are less than 100 bytes, and what does not fit goes out in
/// several frames.
/// </summary>
/// <remarks>There is no option for it, so this reaches into the web server; one that is built otherwise keeps what it has.</remarks>
internal static class Http2HeaderBuffer
{
    /// <summary>Bytes that are left to a connection.</summary>
    public const int Length = 512;

    private const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly FieldInfo? Context = Find("Http2Stream")?.GetField("_context", Members);
    private static readonly PropertyInfo? Writer = Find("Http2StreamContext")?.GetProperty("FrameWriter", Members);
    private static readonly FieldInfo? Buffer = Find("Http2FrameWriter")?.GetField("_headerEncodingBuffer", Members);
    private static readonly FieldInfo? WriteLock = Find("Http2FrameWriter")?.GetField("_writeLock", Members);

    /// <summary>Lets go of most of it, on the connection of this request.</summary>
    /// <returns>False when it was not found, or is small already.</returns>
    public static bool TryShrink(HttpContext context)
    {
        // The feature is the web server's stream itself.
        if (context.Features.Get<IHttp2StreamIdFeature>() is not { } stream
            || Context is null
            || !Context.DeclaringType!.IsInstanceOfType(stream)
            || Context.GetValue(stream) is not { } streamContext
            || Writer?.GetValue(streamContext) is not { } writer
            || WriteLock?.GetValue(writer) is not Lock gate)
        {
            return false;
        }

        // By the web server's own lock: it encodes and copies under it.
        lock (gate)
        {
            if (Buffer?.GetValue(writer) is not byte[] { Length: > Length })
            {
                return false;
            }

            Buffer.SetValue(writer, new byte[Length]);
            return true;
        }
    }

    private static Type? Find(string name) =>
        typeof(KestrelServer).Assembly.GetType($"Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http2.{name}");
}
