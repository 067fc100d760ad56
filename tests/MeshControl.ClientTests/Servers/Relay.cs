using MeshControl.ClientTests.Lab;
using MeshControl.ClientTests.Processes;
using MeshControl.ClientTests.Programs;

namespace MeshControl.ClientTests.Servers;

/// <summary>The relay beside the server, without which clients need long for their first packet.</summary>
internal static class Relay
{
    public const string HostName = "derp.test";
    public const int Port = 3443;
    public const int StunPort = 3478;

    public static BackgroundProcess Start(HostLab lab, ClientPrograms programs) => BackgroundProcess.Start(
        "relay",
        lab.On(0, programs.Relay(
            "serve", "--addr", $"{HostLab.ServerAddress}:{Port}", "--stun", $"{HostLab.ServerAddress}:{StunPort}")));
}
