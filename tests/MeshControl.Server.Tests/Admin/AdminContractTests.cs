using System.Globalization;
using System.Text;
using Google.Protobuf.Reflection;
using MeshControl.Admin.Clients;

namespace MeshControl.Server.Tests.Admin;

/// <summary>
/// The contract as text, compared with the version under Vectors/admin: no change goes unnoticed. Lines may be added there;
/// a line that changes or vanishes breaks programs that others have written.
/// </summary>
public sealed class AdminContractTests
{
    [Fact]
    public void Contract_IsWhatWasPublished()
    {
        var published = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", "admin", "contract.txt"));

        Assert.Equal(published, Describe([AdminServices.User, AdminServices.Node, AdminServices.PreAuthKey, AdminServices.ApiKey, AdminServices.Login, AdminServices.Policy, AdminServices.Derp, AdminServices.Server]));
    }

    private static string Describe(ServiceDescriptor[] services)
    {
        var text = new StringBuilder();
        foreach (var service in services)
        {
            text.Append(CultureInfo.InvariantCulture, $"service {service.FullName}\n");
            foreach (var method in service.Methods)
            {
                text.Append(CultureInfo.InvariantCulture, $"  {method.Name}({Shape(method.IsClientStreaming, method.InputType)})");
                text.Append(CultureInfo.InvariantCulture, $" {Shape(method.IsServerStreaming, method.OutputType)}\n");
            }

            foreach (var message in service.File.MessageTypes)
            {
                text.Append(CultureInfo.InvariantCulture, $"message {message.FullName}\n");
                foreach (var field in message.Fields.InFieldNumberOrder())
                {
                    text.Append(CultureInfo.InvariantCulture, $"  {field.FieldNumber} {field.Name} {TypeOf(field)}\n");
                }
            }

            foreach (var type in service.File.EnumTypes)
            {
                text.Append(CultureInfo.InvariantCulture, $"enum {type.FullName}\n");
                foreach (var value in type.Values)
                {
                    text.Append(CultureInfo.InvariantCulture, $"  {value.Number} {value.Name}\n");
                }
            }
        }

        return text.ToString();
    }

    private static string Shape(bool streaming, MessageDescriptor type) => streaming ? $"stream {type.Name}" : type.Name;

    private static string TypeOf(FieldDescriptor field)
    {
        var type = field.FieldType switch
        {
            FieldType.Message => field.MessageType.FullName,
            FieldType.Enum => field.EnumType.FullName,
            var scalar => scalar.ToString().ToLowerInvariant(),
        };
        return field.IsRepeated ? $"repeated {type}" : field.RealContainingOneof is { } oneof ? $"{type} of {oneof.Name}" : type;
    }
}
