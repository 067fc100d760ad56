using MeshControl.Cli.Commands;
using MeshControl.Cli.Hosting;

return await Meshctl.RunAsync(args, ProcessHost.Create(), CancellationToken.None);
