using MeshControl.ClientTests.Lab;
using MeshControl.ClientTests.Processes;
using MeshControl.ClientTests.Programs;

namespace MeshControl.ClientTests.Servers;

/// <summary>The relay of the clients' own library, beside a server that is none itself.</summary>
internal static class Relay
{
    private const string HostName = "derp.test";
    private const int Port = 3443;
    private const int StunPort = 3478;

    /// <summary>The part of a server's configuration that tells clients of it, and of no other.</summary>
    public static string Configuration { get; } =
        $"""
        derp:
          server:
            enabled: false
          map:
            regions:
              900:
                regioncode: test
                regionname: Test
                nodes:
                  - name: 900a
                    hostname: {HostName}
                    ipv4: {HostLab.ServerAddress}
                    derpport: {Port}
                    stunport: {StunPort}
                    insecurefortests: true
        """;

    public static BackgroundProcess Start(HostLab lab, ClientPrograms programs) => BackgroundProcess.Start(
        "relay",
        lab.On(0, programs.Relay(
            "serve", "--addr", $"{HostLab.ServerAddress}:{Port}", "--stun", $"{HostLab.ServerAddress}:{StunPort}")));
}
