namespace MeshControl.Core.Tailnets;

/// <summary>A command with an answer. Decides first, then edits: a refused command leaves the draft as it was.</summary>
public abstract class TailnetCommand<TResult> : TailnetCommand
{
    private readonly TaskCompletionSource<Result<TResult>> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Result<TResult> _result;

    internal Task<Result<TResult>> Completion => _completion.Task;

    internal sealed override void Execute(TailnetDraft draft) => _result = Decide(draft);

    internal sealed override void Acknowledge() => _completion.TrySetResult(_result);

    internal sealed override void Fail(CoreError error) => _completion.TrySetResult(error);

    internal sealed override void Throw(Exception exception) => _completion.TrySetException(exception);

    /// <summary>Pure but for the draft: same draft, same decision.</summary>
    protected abstract Result<TResult> Decide(TailnetDraft draft);
}
