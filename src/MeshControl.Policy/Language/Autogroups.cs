namespace MeshControl.Policy.Language;

/// <summary>The names of the autogroups.</summary>
public static class Autogroups
{
    public const string Prefix = "autogroup:";

    private static readonly Dictionary<string, Autogroup> ByName = new(StringComparer.Ordinal)
    {
        ["autogroup:member"] = Autogroup.Member,
        ["autogroup:members"] = Autogroup.Member, // an older spelling
        ["autogroup:tagged"] = Autogroup.Tagged,
        ["autogroup:self"] = Autogroup.Self,
        ["autogroup:internet"] = Autogroup.Internet,
        ["autogroup:danger-all"] = Autogroup.DangerAll,
        ["autogroup:nonroot"] = Autogroup.Nonroot,
        ["autogroup:shared"] = Autogroup.Shared,
        ["autogroup:owner"] = Autogroup.Owner,
        ["autogroup:admin"] = Autogroup.Admin,
        ["autogroup:network-admin"] = Autogroup.NetworkAdmin,
        ["autogroup:it-admin"] = Autogroup.ItAdmin,
        ["autogroup:billing-admin"] = Autogroup.BillingAdmin,
        ["autogroup:auditor"] = Autogroup.Auditor,
    };

    private static readonly Dictionary<Autogroup, string> Names =
        ByName.Where(pair => pair.Key != "autogroup:members").ToDictionary(pair => pair.Value, pair => pair.Key);

    public static string NameOf(Autogroup group) => Names[group];

    /// <summary>True for those that users belong to by their role.</summary>
    public static bool IsRole(Autogroup group) => group is Autogroup.Owner or Autogroup.Admin or Autogroup.NetworkAdmin
        or Autogroup.ItAdmin or Autogroup.BillingAdmin or Autogroup.Auditor;

    public static bool TryFind(string name, out Autogroup group) => ByName.TryGetValue(name, out group);
}
