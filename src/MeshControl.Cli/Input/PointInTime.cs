namespace MeshControl.Cli.Input;

/// <summary>A moment as somebody wrote it: a time, or a duration from now; neither means now.</summary>
internal readonly record struct PointInTime(DateTimeOffset? At, TimeSpan? FromNow);
