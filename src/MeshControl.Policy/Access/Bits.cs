using System.Numerics;

namespace MeshControl.Policy.Access;

/// <summary>An immutable set of small numbers, one bit each; equal by content.</summary>
internal readonly struct Bits : IEquatable<Bits>
{
    public static readonly Bits None;

    // Without zero words at the end, so that equal sets have equal words; null when empty.
    private readonly ulong[]? _words;

    private Bits(ulong[] words)
    {
        var length = words.Length;
        while (length > 0 && words[length - 1] == 0)
        {
            length--;
        }

        _words = length == 0 ? null : length == words.Length ? words : words[..length];
    }

    public bool IsEmpty => _words is null;

    private ReadOnlySpan<ulong> Words => _words;

    public static Bits Of(IEnumerable<int> numbers)
    {
        var words = Array.Empty<ulong>();
        foreach (var number in numbers)
        {
            if (number >> 6 >= words.Length)
            {
                Array.Resize(ref words, Math.Max((number >> 6) + 1, words.Length * 2));
            }

            words[number >> 6] |= 1UL << number;
        }

        return new Bits(words);
    }

    public bool Has(int number) => number >> 6 is var word && word < Words.Length && (Words[word] & (1UL << number)) != 0;

    public Bits With(int number)
    {
        if (Has(number))
        {
            return this;
        }

        var words = new ulong[Math.Max(Words.Length, (number >> 6) + 1)];
        Words.CopyTo(words);
        words[number >> 6] |= 1UL << number;
        return new Bits(words);
    }

    public Bits Without(int number)
    {
        if (!Has(number))
        {
            return this;
        }

        var words = Words.ToArray();
        words[number >> 6] &= ~(1UL << number);
        return new Bits(words);
    }

    public Bits Or(Bits other)
    {
        if (other.IsEmpty || IsEmpty)
        {
            return IsEmpty ? other : this;
        }

        var (longer, shorter) = Words.Length >= other.Words.Length ? (this, other) : (other, this);
        var words = longer.Words.ToArray();
        for (var index = 0; index < shorter.Words.Length; index++)
        {
            words[index] |= shorter.Words[index];
        }

        return new Bits(words);
    }

    public Bits And(Bits other)
    {
        var words = new ulong[Math.Min(Words.Length, other.Words.Length)];
        for (var index = 0; index < words.Length; index++)
        {
            words[index] = Words[index] & other.Words[index];
        }

        return new Bits(words);
    }

    /// <summary>What is in this set and not in the other.</summary>
    public Bits Except(Bits other)
    {
        if (!Intersects(other))
        {
            return this;
        }

        var words = Words.ToArray();
        for (var index = 0; index < Math.Min(words.Length, other.Words.Length); index++)
        {
            words[index] &= ~other.Words[index];
        }

        return new Bits(words);
    }

    public bool Intersects(Bits other)
    {
        var length = Math.Min(Words.Length, other.Words.Length);
        for (var index = 0; index < length; index++)
        {
            if ((Words[index] & other.Words[index]) != 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>In ascending order.</summary>
    public IEnumerable<int> Numbers()
    {
        for (var word = 0; word < (_words?.Length ?? 0); word++)
        {
            for (var rest = _words![word]; rest != 0; rest &= rest - 1)
            {
                yield return (word << 6) + BitOperations.TrailingZeroCount(rest);
            }
        }
    }

    public bool Equals(Bits other) => Words.SequenceEqual(other.Words);

    public override bool Equals(object? obj) => obj is Bits other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var word in Words)
        {
            hash.Add(word);
        }

        return hash.ToHashCode();
    }
}
