namespace MeshControl.Server.Configuration.Text;

/// <summary>How many typing errors (wrong, missing, additional or swapped letters) lie between two words.</summary>
internal static class EditDistance
{
    /// <summary>A candidate further away than a third of the word is another word, not a misspelling of this one.</summary>
    private const int LettersPerError = 3;

    /// <returns>The candidate with the fewest errors, the first of several; null when none is near.</returns>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        var best = default(string);
        var bestDistance = Math.Max(1, word.Length / LettersPerError) + 1;
        foreach (var candidate in candidates)
        {
            if (Math.Abs(candidate.Length - word.Length) < bestDistance
                && Between(word, candidate) is var distance && distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    /// <summary>Upper and lower case are the same here: a wrong case is less than an error.</summary>
    public static int Between(string a, string b)
    {
        var beforeLast = new int[b.Length + 1];
        var last = new int[b.Length + 1];
        var current = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            (beforeLast, last, current) = (last, current, beforeLast);
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = last[j - 1] + (Same(a[i - 1], b[j - 1]) ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(last[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                {
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
                }
            }
        }

        return current[b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
