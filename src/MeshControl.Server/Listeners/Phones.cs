using MeshControl.Core.Model;

namespace MeshControl.Server.Listeners;

/// <summary>Clients that pay for every packet with their battery.</summary>
internal static class Phones
{
    public static bool Has(Node node) => node.Hostinfo.Os is "iOS" or "android";
}
