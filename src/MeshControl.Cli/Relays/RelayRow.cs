using MeshControl.Admin.V1;

namespace MeshControl.Cli.Relays;

/// <summary>A relay together with its region.</summary>
internal sealed record RelayRow(DerpRegion Region, DerpNode Node);
