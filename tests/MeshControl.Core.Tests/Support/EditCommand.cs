using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;

namespace MeshControl.Core.Tests.Support;

/// <summary>A command made of a lambda.</summary>
internal sealed class EditCommand(Action<TailnetDraft> edit, IdKind? needsId = null) : TailnetCommand<bool>
{
    private int _decisions;

    /// <summary>How often the writer asked.</summary>
    public int Decisions => _decisions;

    public override IdKind? NeedsId => needsId;

    protected override Result<bool> Decide(TailnetDraft draft)
    {
        Interlocked.Increment(ref _decisions);
        edit(draft);
        return true;
    }
}
