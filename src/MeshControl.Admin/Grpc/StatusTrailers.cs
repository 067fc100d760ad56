using System.Globalization;
using Google.Protobuf;

namespace MeshControl.Admin.Grpc;

/// <summary>A status as the headers or trailers that carry it, and back.</summary>
public static class StatusTrailers
{
    /// <summary>Characters of a message: peers limit the size of all headers together, usually to 8 KiB.</summary>
    public const int MaxMessageLength = 1024;

    public static IEnumerable<KeyValuePair<string, string>> Write(RpcStatus status)
    {
        yield return new(RpcHeaders.Status, ((int)status.Code).ToString(CultureInfo.InvariantCulture));
        var message = Cut(status.Message);
        if (message.Length > 0)
        {
            yield return new(RpcHeaders.Message, StatusText.Encode(message));
        }

        if (!status.Details.IsEmpty)
        {
            var details = new Status { Code = (int)status.Code, Message = message, Details = { status.Details } };
            yield return new(RpcHeaders.StatusDetails, BinaryValue.Encode(details.ToByteArray()));
        }
    }

    /// <param name="find">The first header or trailer of a name, or null.</param>
    /// <returns>Null when no status is there; <see cref="RpcStatusCode.Unknown"/> when it is not one of the known numbers.</returns>
    public static RpcStatus? Read(Func<string, string?> find)
    {
        if (find(RpcHeaders.Status) is not { } number)
        {
            return null;
        }

        var code = int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value <= (int)RpcStatusCode.Unauthenticated
                ? (RpcStatusCode)value
                : RpcStatusCode.Unknown;
        var status = new RpcStatus(code, StatusText.Decode(find(RpcHeaders.Message) ?? ""));
        return find(RpcHeaders.StatusDetails) is { } text && BinaryValue.Decode(text) is { } bytes
            ? WithDetails(status, bytes)
            : status;
    }

    /// <summary>Details are an extra: unreadable ones must not hide the status.</summary>
    private static RpcStatus WithDetails(RpcStatus status, byte[] bytes)
    {
        try
        {
            return status with { Details = [.. Status.Parser.ParseFrom(bytes).Details] };
        }
        catch (InvalidProtocolBufferException)
        {
            return status;
        }
    }

    private static string Cut(string message) =>
        message.Length <= MaxMessageLength ? message : string.Concat(message.AsSpan(0, MaxMessageLength - 1), "…");
}
