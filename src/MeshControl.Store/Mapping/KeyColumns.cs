using MeshControl.Protocol.Keys;

namespace MeshControl.Store.Mapping;

/// <summary>Keys as 32 bytes; a key that is not known yet as NULL.</summary>
internal static class KeyColumns
{
    public static byte[] Of(KeyBytes key) => key.Span.ToArray();

    public static byte[]? OrNull(KeyBytes key) => key.IsZero ? null : Of(key);

    public static KeyBytes ToKey(byte[]? column) => column is null ? default : new KeyBytes(column);
}
