namespace MeshControl.Derp.Relay;

/// <summary>A whole frame that waits, in a pooled array.</summary>
internal readonly record struct QueuedFrame(byte[] Array, int Length);
