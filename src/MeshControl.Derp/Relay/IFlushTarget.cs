namespace MeshControl.Derp.Relay;

/// <summary>Something that collects frames until it is told that there are no more for now.</summary>
internal interface IFlushTarget
{
    /// <summary>Sends what was collected; neither waits nor throws.</summary>
    void Flush();
}
