using Google.Protobuf.Reflection;
using MeshControl.Admin.V1;

namespace MeshControl.Admin.Clients;

/// <summary>The services of the contract.</summary>
public static class AdminServices
{
    public static ServiceDescriptor User { get; } = Find(UsersReflection.Descriptor, "UserService");

    public static ServiceDescriptor Node { get; } = Find(NodesReflection.Descriptor, "NodeService");

    public static ServiceDescriptor PreAuthKey { get; } = Find(PreAuthKeysReflection.Descriptor, "PreAuthKeyService");

    public static ServiceDescriptor ApiKey { get; } = Find(ApiKeysReflection.Descriptor, "ApiKeyService");

    public static ServiceDescriptor Server { get; } = Find(ServerReflection.Descriptor, "ServerService");

    private static ServiceDescriptor Find(FileDescriptor file, string name) => file.FindTypeByName<ServiceDescriptor>(name);
}
