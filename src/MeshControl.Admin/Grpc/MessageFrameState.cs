namespace MeshControl.Admin.Grpc;

public enum MessageFrameState
{
    Complete,
    Incomplete,
    Compressed,
    Malformed,
    TooLong,
}
