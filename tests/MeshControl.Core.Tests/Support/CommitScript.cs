using MeshControl.Core.Storage;

namespace MeshControl.Core.Tests.Support;

/// <summary>What a commit does instead of succeeding.</summary>
/// <param name="Outcome">What Core is told.</param>
/// <param name="Written">Whether the rows are written all the same; only a connection lost at the wrong moment does that.</param>
/// <param name="Exception">Thrown instead of answering, against the contract.</param>
internal sealed record CommitScript(CommitOutcome Outcome, bool Written = false, Exception? Exception = null);
