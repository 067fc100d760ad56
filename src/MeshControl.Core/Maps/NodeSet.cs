using System.Numerics;

namespace MeshControl.Core.Maps;

/// <summary>A growing set of dense node indexes, one bit each.</summary>
internal sealed class NodeSet
{
    private ulong[] _words = [];

    public int Count { get; private set; }

    public bool Contains(int index) => index >> 6 is var word && word < _words.Length && (_words[word] & (1UL << index)) != 0;

    public void Add(int index)
    {
        var word = index >> 6;
        if (word >= _words.Length)
        {
            Array.Resize(ref _words, (int)BitOperations.RoundUpToPowerOf2((uint)word + 1));
        }

        Count += (_words[word] & (1UL << index)) == 0 ? 1 : 0;
        _words[word] |= 1UL << index;
    }

    /// <returns>Whether it was in the set.</returns>
    public bool Remove(int index)
    {
        if (!Contains(index))
        {
            return false;
        }

        _words[index >> 6] &= ~(1UL << index);
        Count--;
        return true;
    }
}
