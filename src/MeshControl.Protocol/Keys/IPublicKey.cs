namespace MeshControl.Protocol.Keys;

/// <summary>A typed public key with a text form of prefix and lowercase hex, such as <c>nodekey:69ec…</c>.</summary>
public interface IPublicKey<TSelf> : IEquatable<TSelf>
    where TSelf : struct, IPublicKey<TSelf>
{
    /// <summary>The text before the hex digits, colon included.</summary>
    static abstract string Prefix { get; }

    /// <summary>Further prefixes that are understood, but never written.</summary>
    static virtual ReadOnlySpan<string> AcceptedPrefixes => [];

    /// <summary>The raw 32 bytes.</summary>
    KeyBytes Bytes { get; }

    /// <summary>True for the all-zero key, which stands for "absent" wherever the protocol has a key.</summary>
    bool IsZero { get; }

    static abstract TSelf FromBytes(KeyBytes bytes);
}
