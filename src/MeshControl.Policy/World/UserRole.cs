namespace MeshControl.Policy.World;

/// <summary>What a user is to the tailnet. The values are stored.</summary>
public enum UserRole
{
    Member = 0,
    Owner = 1,
    Admin = 2,
    NetworkAdmin = 3,
    ItAdmin = 4,
    BillingAdmin = 5,
    Auditor = 6,
}
