using System.Net;

namespace MeshControl.Server.Configuration.Options;

/// <summary>An A or AAAA record that clients answer themselves; the family of <paramref name="Value"/> tells which.</summary>
/// <param name="Name">A full name, lower-case, without a trailing dot.</param>
public sealed record ExtraDnsRecord(string Name, IPAddress Value);
