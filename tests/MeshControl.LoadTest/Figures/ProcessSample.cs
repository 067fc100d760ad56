namespace MeshControl.LoadTest.Figures;

/// <summary>A process at one moment.</summary>
/// <param name="ProcessorSeconds">Used since its start.</param>
/// <param name="ResidentMegabytes">Memory that it holds.</param>
/// <param name="PeakMegabytes">Most that it ever held.</param>
public sealed record ProcessSample(double ProcessorSeconds, double ResidentMegabytes, double PeakMegabytes);
