namespace MeshControl.Testing.Relays;

/// <summary>A relay said what no relay may say, or not what a test waited for.</summary>
public sealed class RelayProtocolException(string message) : Exception(message);
