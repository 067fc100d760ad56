namespace MeshControl.Server.Machine;

/// <summary>What is known so far of a request inside a channel. Whoever handles it says more.</summary>
internal sealed class MachineRequest
{
    public MachineRequestKind Kind { get; set; }
}
