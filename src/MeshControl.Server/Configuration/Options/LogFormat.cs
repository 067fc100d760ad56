namespace MeshControl.Server.Configuration.Options;

public enum LogFormat
{
    Text,
    Json,
}
