using System.Collections.Concurrent;
using MeshControl.Testing.Captures;

namespace MeshControl.Policy.Tests.Conformance;

/// <summary>The captured cases, each with what our code makes of it, worked out once for all theories.</summary>
internal static class Corpus
{
    private static readonly Lazy<CorpusConstants> LazyConstants = new(() => CorpusConstants.Parse(PolicyCases.Constants));
    private static readonly ConcurrentDictionary<string, Lazy<ConformanceCase>> Cases = new(StringComparer.Ordinal);

    public static CorpusConstants Constants => LazyConstants.Value;

    /// <param name="file">One of <see cref="PolicyCases.Files"/>.</param>
    public static ConformanceCase Load(string file) =>
        Cases.GetOrAdd(file, static name => new Lazy<ConformanceCase>(() => ConformanceCase.Parse(PolicyCases.Load(name)))).Value;
}
