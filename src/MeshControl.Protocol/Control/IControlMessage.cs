namespace MeshControl.Protocol.Control;

/// <summary>Marks what <see cref="ControlJson"/> reads and writes as a whole; each such type is in its serializer context.</summary>
public interface IControlMessage;
