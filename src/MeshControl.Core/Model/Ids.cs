namespace MeshControl.Core.Model;

/// <summary>A tailnet: the unit that has its own users, nodes, keys, DNS and writer.</summary>
public readonly record struct TailnetId(long Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A user; unique per server, never reused, at most 2^53−1 because clients are partly JavaScript.</summary>
public readonly record struct UserId(long Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A node; unique per server, never reused, at most 2^53−1 because clients are partly JavaScript.</summary>
public readonly record struct NodeId(long Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A pre-auth key; unique per server, never reused.</summary>
public readonly record struct PreAuthKeyId(long Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>An API key; unique per server, never reused.</summary>
public readonly record struct ApiKeyId(long Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
