namespace MeshControl.Core.Tailnets;

/// <summary>
/// The configuration was loaded again. Addresses and base domain stay: they are part of every node that there is. Volatile: costs no
/// transaction.
/// </summary>
internal sealed class ReplaceSettingsCommand(TailnetSettings settings) : TailnetCommand<SettingsAspects>
{
    /// <returns>What clients are told of it.</returns>
    protected override Result<SettingsAspects> Decide(TailnetDraft draft)
    {
        var before = draft.Snapshot.Settings;
        var after = settings with { Addresses = before.Addresses, BaseDomain = before.BaseDomain };
        draft.Apply(after);
        return SettingsDiff.Between(before, after);
    }
}
