using System.Reflection;
using System.Runtime.CompilerServices;

namespace MeshControl.Architecture.Tests.Support;

/// <summary>The product's assemblies as they were built, and the types in them that people wrote.</summary>
internal static class ProductTypes
{
    /// <summary>Every type, with those inside types; without what compiler and source generators made.</summary>
    public static IEnumerable<Type> All => Repository.Projects.Where(project => project.IsProduct).SelectMany(Of);

    public static IEnumerable<Type> Of(ProjectFile project) =>
        Assembly.Load(project.AssemblyName).GetTypes().Where(type => !IsGenerated(type));

    private static bool IsGenerated(Type type) =>
        type.IsDefined(typeof(CompilerGeneratedAttribute), false)
        || type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute), false)
        || type.Namespace is "MeshControl.Admin.V1"
        || (type.DeclaringType is { } outer && IsGenerated(outer));
}
