using MeshControl.Core.Storage;

namespace MeshControl.Core.Tailnets;

/// <summary>Something that wants to change a tailnet; waits in the tailnet's queue for its writer.</summary>
public abstract class TailnetCommand
{
    /// <summary>The kind of id the command may take one of, or null.</summary>
    public virtual IdKind? NeedsId => null;

    /// <summary>Decides on the draft. Runs again on a new draft when the first one could not be committed.</summary>
    internal abstract void Execute(TailnetDraft draft);

    /// <summary>The batch is durable and published: tells the caller.</summary>
    internal abstract void Acknowledge();

    /// <summary>The batch was not written: tells the caller.</summary>
    internal abstract void Fail(CoreError error);

    /// <summary>The command itself has a fault.</summary>
    internal abstract void Throw(Exception exception);
}
