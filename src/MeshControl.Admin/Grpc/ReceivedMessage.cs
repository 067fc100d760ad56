namespace MeshControl.Admin.Grpc;

/// <summary>A message, or why there is none; both null at a clean end of the stream.</summary>
public readonly record struct ReceivedMessage<T>(T? Message, RpcStatus? Failure)
    where T : class
{
    public bool IsEnd => Message is null && Failure is null;
}
