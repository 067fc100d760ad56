namespace MeshControl.Core.Maps.Rendering;

/// <summary>
/// The last messages that were written and belong to no viewer: when a node changes, all who see it are told the same at nearly the same moment, and
/// what was written and compressed for the first of them is copied to the others. Arrays are kept and never changed, so nobody has to say when
/// he is done with one. May be asked concurrently.
/// </summary>
internal sealed class SharedChanges
{
    /// <summary>Messages that are kept. Streams that are behind have gathered more than others, so several are told at a time.</summary>
    internal const int MaxKept = 16;

    /// <summary>Nodes and owners of a message that is kept: of larger ones hardly two are the same.</summary>
    internal const int MaxCount = 128;

    // Newest first. What two write at once is the same, and one of them may be forgotten; that costs writing it once more.
    private Message[] _kept = [];

    /// <returns>The bytes on the wire; null when the message has to be written.</returns>
    public byte[]? Find(CommonChanges changes, bool compress)
    {
        foreach (var message in Volatile.Read(ref _kept))
        {
            if (message.Compress == compress && message.Changes.IsSame(changes))
            {
                return message.Frame;
            }
        }

        return null;
    }

    /// <summary>Keeps a message for others, unless that is not worth it.</summary>
    public void Keep(CommonChanges changes, bool compress, ReadOnlySpan<byte> frame)
    {
        if (changes.Count <= MaxCount)
        {
            var kept = Volatile.Read(ref _kept);
            Volatile.Write(ref _kept, [new Message(changes, compress, frame.ToArray()), .. kept.AsSpan(0, Math.Min(kept.Length, MaxKept - 1))]);
        }
    }

    private sealed record Message(CommonChanges Changes, bool Compress, byte[] Frame);
}
