using Google.Protobuf.Reflection;
using MeshControl.Admin.Clients;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.Reflection.V1;
using MeshControl.Server.Rpc;

namespace MeshControl.Server.Admin;

/// <summary>
/// Describes the API to tools. Both versions of the contract are the same on the wire but for their names, so one set of messages serves both.
/// </summary>
internal sealed class ReflectionHandlers
{
    /// <summary>Characters of a name that is asked for: no name of the contract comes near, and it is repeated in the answer.</summary>
    public const int MaxNameLength = 1000;

    private readonly DescriptorIndex _index;

    /// <param name="services">All that the server has, but those of reflection itself.</param>
    public ReflectionHandlers(IEnumerable<ServiceDescriptor> services) =>
        _index = new DescriptorIndex([.. services, AdminServices.Reflection, AdminServices.ReflectionAlpha]);

    public IEnumerable<RpcService> Bind() =>
        new[] { AdminServices.Reflection, AdminServices.ReflectionAlpha }.Select(service => new RpcService(service)
            .LockStep(service.Methods.Single(), ServerReflectionRequest.Parser, Answer));

    private RpcResult<ServerReflectionResponse> Answer(ServerReflectionRequest request)
    {
        if (NameOf(request).Length > MaxNameLength || request.Host.Length > MaxNameLength)
        {
            return RpcStatus.InvalidArgument($"A name is longer than {MaxNameLength} characters.");
        }

        var response = new ServerReflectionResponse { ValidHost = request.Host, OriginalRequest = request };
        switch (request.MessageRequestCase)
        {
            case ServerReflectionRequest.MessageRequestOneofCase.ListServices:
                response.ListServicesResponse = new ListServiceResponse
                {
                    Service = { _index.Services.Select(name => new ServiceResponse { Name = name }) },
                };
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileByFilename:
                ShowFile(response, _index.FindFile(request.FileByFilename), $"There is no file {request.FileByFilename}.");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol:
                ShowFile(response, _index.FindSymbol(request.FileContainingSymbol), $"There is no symbol {request.FileContainingSymbol}.");
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType
                when _index.IsMessage(request.AllExtensionNumbersOfType):
                // The contract extends nothing.
                response.AllExtensionNumbersResponse = new ExtensionNumberResponse { BaseTypeName = request.AllExtensionNumbersOfType };
                break;
            case ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType:
            case ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension:
                Refuse(response, RpcStatusCode.NotFound, $"There is no type {NameOf(request)} with such an extension.");
                break;
            default:
                Refuse(response, RpcStatusCode.InvalidArgument, "The request asks for nothing.");
                break;
        }

        return response;
    }

    private static string NameOf(ServerReflectionRequest request) => request.MessageRequestCase switch
    {
        ServerReflectionRequest.MessageRequestOneofCase.FileByFilename => request.FileByFilename,
        ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol => request.FileContainingSymbol,
        ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension => request.FileContainingExtension.ContainingType,
        ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType => request.AllExtensionNumbersOfType,
        ServerReflectionRequest.MessageRequestOneofCase.ListServices => request.ListServices,
        _ => "",
    };

    private static void ShowFile(ServerReflectionResponse response, FileDescriptor? file, string problem)
    {
        if (file is null)
        {
            Refuse(response, RpcStatusCode.NotFound, problem);
            return;
        }

        response.FileDescriptorResponse = new FileDescriptorResponse
        {
            FileDescriptorProto = { DescriptorIndex.WithImports(file).Select(one => one.SerializedData) },
        };
    }

    private static void Refuse(ServerReflectionResponse response, RpcStatusCode code, string message) =>
        response.ErrorResponse = new ErrorResponse { ErrorCode = (int)code, ErrorMessage = message };
}
