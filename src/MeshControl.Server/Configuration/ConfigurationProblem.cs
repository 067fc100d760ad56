namespace MeshControl.Server.Configuration;

/// <summary>One thing an operator has to mend (an error) or to know (a warning).</summary>
/// <param name="Key">The full path of the key, such as <c>dns.base_domain</c>; empty when no single key is to blame.</param>
/// <param name="Message">What is wrong, as a sentence.</param>
/// <param name="Remedy">What to do about it, as a sentence.</param>
public sealed record ConfigurationProblem(string Key, ConfigurationOrigin Origin, string Message, string Remedy)
{
    public override string ToString()
    {
        var origin = Origin.ToString();
        var key = Origin.Variable is not null ? "" : Key;
        return string.Concat(origin, origin.Length > 0 ? ": " : "", key, key.Length > 0 ? ": " : "", $"{Message} {Remedy}".TrimEnd());
    }
}
