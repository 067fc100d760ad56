namespace MeshControl.Server.Configuration.Text;

/// <summary>
/// A single value. Its text is kept as written: a password <c>0123</c> or a host <c>1.10</c> must not pass through a number.
/// </summary>
internal sealed class ScalarNode(ConfigurationOrigin origin, string text, bool isNull = false) : ConfigNode(origin)
{
    public string Text { get; } = text;

    public override string Shape => "a single value";

    public override bool IsNull { get; } = isNull;
}
