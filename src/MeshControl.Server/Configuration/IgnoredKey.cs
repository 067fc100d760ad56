namespace MeshControl.Server.Configuration;

/// <summary>A key of another control server's configuration that is understood but has no effect here.</summary>
/// <param name="Reason">Why it has no effect and what to do instead.</param>
public sealed record IgnoredKey(string Key, ConfigurationOrigin Origin, string Reason)
{
    public override string ToString() => $"{Origin}: {Key} has no effect. {Reason}";
}
