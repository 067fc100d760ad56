using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace MeshControl.Architecture.Tests.Support;

/// <summary>What a compiled assembly refers to, read from its metadata.</summary>
internal sealed class BuiltAssembly
{
    private BuiltAssembly(IReadOnlyList<string> assemblies, IReadOnlyList<string> types)
    {
        Assemblies = assemblies;
        Types = types;
    }

    /// <summary>Names of the assemblies it uses types of.</summary>
    public IReadOnlyList<string> Assemblies { get; }

    /// <summary>Full names of the types it uses from elsewhere.</summary>
    public IReadOnlyList<string> Types { get; }

    public static BuiltAssembly Read(string project)
    {
        var file = Path.Combine(AppContext.BaseDirectory, Repository.Project(project).AssemblyName + ".dll");
        using var portable = new PEReader(File.OpenRead(file));
        var metadata = portable.GetMetadataReader();
        var assemblies = metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name));
        var types = metadata.TypeReferences.Select(metadata.GetTypeReference)
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}");
        return new BuiltAssembly([.. assemblies.Order()], [.. types.Order()]);
    }
}
