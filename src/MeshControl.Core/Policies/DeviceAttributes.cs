using System.Collections.Immutable;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Policies;

/// <summary>What a client says of its device, under the names that postures know.</summary>
internal static class DeviceAttributes
{
    /// <summary>What the client does not say is not set.</summary>
    public static ImmutableDictionary<string, RawJson> Of(Hostinfo hostinfo)
    {
        var attributes = ImmutableDictionary.CreateBuilder<string, RawJson>(StringComparer.Ordinal);
        Add("node:os", OperatingSystem(hostinfo.Os));
        Add("node:osVersion", hostinfo.OsVersion);
        Add("node:tsVersion", Version(hostinfo.IpnVersion));
        if (hostinfo.IpnVersion is { Length: > 0 } version)
        {
            Add("node:tsReleaseTrack", IsStable(version) ? "stable" : "unstable");
        }

        return attributes.ToImmutable();

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                attributes[name] = RawJson.FromString(value);
            }
        }
    }

    private static string? OperatingSystem(string? os) => os == "macOS" ? "macos" : os?.ToLowerInvariant();

    /// <summary>The release without what says how it was built: <c>1.98.2-t1234-g5678</c> is 1.98.2.</summary>
    private static string? Version(string? version) => version?.Split('-')[0];

    /// <summary>Even minor numbers are releases.</summary>
    private static bool IsStable(string version) =>
        version.Split('.') is [_, var minor, ..] && minor.Length > 0 && minor[^1] is '0' or '2' or '4' or '6' or '8';
}
