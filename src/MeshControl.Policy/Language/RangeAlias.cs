using System.Net;

namespace MeshControl.Policy.Language;

/// <summary>An inclusive range <c>a-b</c> of one family.</summary>
public sealed record RangeAlias(IPAddress First, IPAddress Last) : Alias
{
    public override string ToString() => $"{AddressText.Format(First)}-{AddressText.Format(Last)}";
}
