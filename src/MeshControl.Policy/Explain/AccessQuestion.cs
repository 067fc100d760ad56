namespace MeshControl.Policy.Explain;

/// <summary>May one reach the other?</summary>
/// <param name="Source">Who.</param>
/// <param name="Destination">Whom.</param>
/// <param name="Port">0: on every port.</param>
/// <param name="Protocol">An IP protocol number; null: by whatever clients allow by default.</param>
public sealed record AccessQuestion(Subject Source, Subject Destination, int Port, int? Protocol);
