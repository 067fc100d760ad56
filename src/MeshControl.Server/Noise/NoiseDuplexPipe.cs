using System.IO.Pipelines;
using MeshControl.Protocol.Noise;

namespace MeshControl.Server.Noise;

/// <summary>The plaintext side of a channel.</summary>
internal sealed class NoiseDuplexPipe(IDuplexPipe records, NoiseSession session) : IDuplexPipe
{
    public PipeReader Input { get; } = new NoisePipeReader(records.Input, session.Receiving);

    public PipeWriter Output { get; } = new NoisePipeWriter(records.Output, session.Sending);
}
