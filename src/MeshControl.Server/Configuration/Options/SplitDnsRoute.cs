namespace MeshControl.Server.Configuration.Options;

/// <summary>Names below <paramref name="Domain"/> are asked for at these nameservers.</summary>
public sealed record SplitDnsRoute(string Domain, IReadOnlyList<string> Nameservers);
