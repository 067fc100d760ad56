namespace MeshControl.Core.Tailnets;

/// <summary>
/// The configuration was loaded again. Addresses and base domain stay, since they are part of every node that there is, and so does
/// what policies are read with. Volatile: costs no transaction.
/// </summary>
internal sealed class ReplaceSettingsCommand(TailnetSettings settings) : TailnetCommand<SettingsAspects>
{
    /// <returns>What clients are told of it.</returns>
    protected override Result<SettingsAspects> Decide(TailnetDraft draft)
    {
        var before = draft.Snapshot.Settings;
        var after = settings with
        {
            Addresses = before.Addresses,
            BaseDomain = before.BaseDomain,
            PolicyMode = before.PolicyMode,
            PolicyPath = before.PolicyPath,
            PolicyDomains = before.PolicyDomains,
        };
        draft.Apply(after);
        return SettingsDiff.Between(before, after);
    }
}
