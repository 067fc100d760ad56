using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace MeshControl.Store.Tests.Sqlite;

/// <summary>
/// What one compiled assembly wants from another, and what an assembly offers, as comparable texts. Nothing is loaded or run.
/// </summary>
internal static class MetadataReferences
{
    /// <summary>Types and members of <paramref name="target"/> that the assembly in the file refers to, with full signatures.</summary>
    public static IReadOnlySet<string> Wanted(string consumerFile, string target)
    {
        using var file = new PEReader(File.OpenRead(consumerFile));
        var metadata = file.GetMetadataReader();
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var handle in metadata.TypeReferences)
        {
            if (IsIn(metadata, handle, target))
                wanted.Add(SignatureText.Instance.GetTypeFromReference(metadata, handle, 0));
        }

        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind != HandleKind.TypeReference || !IsIn(metadata, (TypeReferenceHandle)member.Parent, target))
                continue;

            var type = SignatureText.Instance.GetTypeFromReference(metadata, (TypeReferenceHandle)member.Parent, 0);
            var name = metadata.GetString(member.Name);
            wanted.Add(member.GetKind() == MemberReferenceKind.Method
                ? Method(type, name, member.DecodeMethodSignature(SignatureText.Instance, null))
                : Field(type, name, member.DecodeFieldSignature(SignatureText.Instance, null)));
        }

        return wanted;
    }

    /// <summary>The version of <paramref name="target"/> that the assembly in the file was compiled against.</summary>
    public static Version WantedVersion(string consumerFile, string target)
    {
        using var file = new PEReader(File.OpenRead(consumerFile));
        var metadata = file.GetMetadataReader();
        return metadata.AssemblyReferences.Select(metadata.GetAssemblyReference)
            .Single(reference => metadata.GetString(reference.Name) == target).Version;
    }

    /// <summary>The public types and members that the assembly in the file defines.</summary>
    public static IReadOnlySet<string> Offered(string file)
    {
        using var reader = new PEReader(File.OpenRead(file));
        var metadata = reader.GetMetadataReader();
        var offered = new HashSet<string>(StringComparer.Ordinal);
        foreach (var type in metadata.TypeDefinitions.Select(metadata.GetTypeDefinition))
        {
            if ((type.Attributes & TypeAttributes.VisibilityMask) != TypeAttributes.Public)
                continue;

            var typeName = $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
            offered.Add(typeName);
            offered.UnionWith(type.GetMethods().Select(metadata.GetMethodDefinition)
                .Where(method => (method.Attributes & MethodAttributes.MemberAccessMask) == MethodAttributes.Public)
                .Select(method => Method(
                    typeName, metadata.GetString(method.Name), method.DecodeSignature(SignatureText.Instance, null))));
            offered.UnionWith(type.GetFields().Select(metadata.GetFieldDefinition)
                .Where(field => (field.Attributes & FieldAttributes.FieldAccessMask) == FieldAttributes.Public)
                .Select(field => Field(typeName, metadata.GetString(field.Name), field.DecodeSignature(SignatureText.Instance, null))));
        }

        return offered;
    }

    private static bool IsIn(MetadataReader metadata, TypeReferenceHandle handle, string assembly)
    {
        var scope = metadata.GetTypeReference(handle).ResolutionScope;
        return scope.Kind == HandleKind.AssemblyReference
            && metadata.GetString(metadata.GetAssemblyReference((AssemblyReferenceHandle)scope).Name) == assembly;
    }

    private static string Method(string type, string name, MethodSignature<string> signature) =>
        (signature.Header.IsInstance ? "instance " : "")
        + $"{signature.ReturnType} {type}.{name}({string.Join(", ", signature.ParameterTypes)})";

    private static string Field(string type, string name, string fieldType) => $"{fieldType} {type}.{name}";

    private sealed class SignatureText : ISignatureTypeProvider<string, object?>
    {
        public static readonly SignatureText Instance = new();

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
        {
            var type = reader.GetTypeDefinition(handle);
            return Kind(rawTypeKind) + reader.GetString(type.Namespace) + "." + reader.GetString(type.Name);
        }

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
        {
            var type = reader.GetTypeReference(handle);
            return Kind(rawTypeKind) + reader.GetString(type.Namespace) + "." + reader.GetString(type.Name);
        }

        public string GetTypeFromSpecification(
            MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();

        public string GetSZArrayType(string elementType) => elementType + "[]";

        public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType}[rank {shape.Rank}]";

        public string GetByReferenceType(string elementType) => elementType + "&";

        public string GetPointerType(string elementType) => elementType + "*";

        public string GetPinnedType(string elementType) => elementType + " pinned";

        public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) =>
            $"{unmodifiedType} modified by {modifier}";

        public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) =>
            $"{genericType}<{string.Join(", ", typeArguments)}>";

        public string GetGenericMethodParameter(object? genericContext, int index) => "!!" + index;

        public string GetGenericTypeParameter(object? genericContext, int index) => "!" + index;

        public string GetFunctionPointerType(MethodSignature<string> signature) => "function pointer";

        private static string Kind(byte rawTypeKind) => (SignatureTypeKind)rawTypeKind == SignatureTypeKind.ValueType ? "struct " : "";
    }
}
