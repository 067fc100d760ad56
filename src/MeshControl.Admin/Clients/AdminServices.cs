using Google.Protobuf.Reflection;
using MeshControl.Admin.Health.V1;
using MeshControl.Admin.V1;
using ReflectionV1 = MeshControl.Admin.Reflection.V1;
using ReflectionV1Alpha = MeshControl.Admin.Reflection.V1Alpha;

namespace MeshControl.Admin.Clients;

/// <summary>The services of the contract.</summary>
public static class AdminServices
{
    public static ServiceDescriptor User { get; } = Find(UsersReflection.Descriptor, "UserService");

    public static ServiceDescriptor Node { get; } = Find(NodesReflection.Descriptor, "NodeService");

    public static ServiceDescriptor PreAuthKey { get; } = Find(PreAuthKeysReflection.Descriptor, "PreAuthKeyService");

    public static ServiceDescriptor ApiKey { get; } = Find(ApiKeysReflection.Descriptor, "ApiKeyService");

    public static ServiceDescriptor Login { get; } = Find(LoginsReflection.Descriptor, "LoginService");

    public static ServiceDescriptor Derp { get; } = Find(DerpReflection.Descriptor, "DerpService");

    public static ServiceDescriptor Policy { get; } = Find(PoliciesReflection.Descriptor, "PolicyService");

    public static ServiceDescriptor Server { get; } = Find(ServerReflection.Descriptor, "ServerService");

    /// <summary>gRPC's own.</summary>
    public static ServiceDescriptor Health { get; } = Find(HealthReflection.Descriptor, "Health");

    /// <summary>gRPC's own; <see cref="ReflectionAlpha"/> is the same under the name that older tools know.</summary>
    public static ServiceDescriptor Reflection { get; } = Find(ReflectionV1.ReflectionReflection.Descriptor, "ServerReflection");

    /// <inheritdoc cref="Reflection"/>
    public static ServiceDescriptor ReflectionAlpha { get; } = Find(ReflectionV1Alpha.ReflectionReflection.Descriptor, "ServerReflection");

    private static ServiceDescriptor Find(FileDescriptor file, string name) => file.FindTypeByName<ServiceDescriptor>(name);
}
