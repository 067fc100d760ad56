namespace MeshControl.Policy.Language;

/// <summary>The groups that every tailnet has.</summary>
public enum Autogroup
{
    Member,
    Tagged,
    Self,
    Internet,
    DangerAll,
    Nonroot,
    Shared,
    Owner,
    Admin,
    NetworkAdmin,
    ItAdmin,
    BillingAdmin,
    Auditor,
}
