using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Google.Protobuf;

namespace MeshControl.Admin.Grpc;

/// <summary>Reads messages from one direction of a call. Not for use by two readers at once.</summary>
public sealed class MessageReader(PipeReader input, int maxLength = MessageFrame.DefaultMaxLength)
{
    public async ValueTask<ReceivedMessage<T>> ReadAsync<T>(MessageParser<T> parser, CancellationToken cancellationToken)
        where T : class, IMessage<T>
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            var state = MessageFrame.TryRead(ref buffer, maxLength, out var bytes);
            if (state == MessageFrameState.Complete)
            {
                var result = Parse(parser, bytes);
                input.AdvanceTo(buffer.Start);
                return result;
            }

            if (state != MessageFrameState.Incomplete)
            {
                input.AdvanceTo(buffer.Start);
                return Failed<T>(Refuse(state));
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
            {
                return buffer.IsEmpty ? default : Failed<T>(RpcStatus.Internal("The stream ended within a message."));
            }
        }
    }

    private static ReceivedMessage<T> Parse<T>(MessageParser<T> parser, ReadOnlySequence<byte> bytes)
        where T : class, IMessage<T>
    {
        try
        {
            return new(parser.ParseFrom(bytes), null);
        }
        catch (InvalidProtocolBufferException)
        {
            return Failed<T>(RpcStatus.Internal("The message could not be decoded."));
        }
    }

    private static ReceivedMessage<T> Failed<T>(RpcStatus status)
        where T : class => new(null, status);

    private RpcStatus Refuse(MessageFrameState state) => state switch
    {
        MessageFrameState.TooLong => new(
            RpcStatusCode.ResourceExhausted,
            string.Create(CultureInfo.InvariantCulture, $"The message is larger than {maxLength} bytes.")),
        MessageFrameState.Compressed => RpcStatus.Unimplemented("Compressed messages are not supported."),
        _ => RpcStatus.Internal("The message does not start with a valid prefix."),
    };
}
