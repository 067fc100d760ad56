using MeshControl.LoadTest;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};
return await LoadProgram.RunAsync(args, Console.Out, Console.Error, stop.Token);
