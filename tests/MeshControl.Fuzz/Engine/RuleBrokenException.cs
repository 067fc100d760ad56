namespace MeshControl.Fuzz.Engine;

/// <summary>The code under test did what it must not do; the text says what.</summary>
public sealed class RuleBrokenException : Exception
{
    public RuleBrokenException()
    {
    }

    public RuleBrokenException(string message)
        : base(message)
    {
    }

    public RuleBrokenException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Throws unless the rule holds.</summary>
    public static void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw new RuleBrokenException(rule);
        }
    }
}
