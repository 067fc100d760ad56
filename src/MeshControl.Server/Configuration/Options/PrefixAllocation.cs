namespace MeshControl.Server.Configuration.Options;

public enum PrefixAllocation
{
    Sequential,
    Random,
}
