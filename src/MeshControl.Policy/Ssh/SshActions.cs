using System.Net;
using MeshControl.Policy.Access;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Ssh;

/// <summary>What becomes of connections that a rule is about.</summary>
internal static class SshActions
{
    /// <summary>Where recorders listen.</summary>
    private const int RecorderPort = 80;

    private static readonly SshRecorderFailureAction NoSessionUnrecorded = new()
    {
        RejectSessionWithMessage = "SSH sessions have to be recorded here, and no recorder can be reached.",
        TerminateSessionWithMessage = "SSH sessions have to be recorded here, and the recorder is gone.",
    };

    public static SshAction Of(SshRuleTemplate template, AccessMap map, string serverUrl) =>
        template.Check ? Recorded(template, map, new SshAction { HoldAndDelegate = serverUrl.TrimEnd('/') + SshCheckUrl.Template }) : Accept(template, map);

    /// <summary>With which a session begins that a rule lets in, after the check that it may ask for.</summary>
    public static SshAction Accept(SshRuleTemplate template, AccessMap map) => Recorded(template, map, new SshAction
    {
        Accept = true,
        AllowAgentForwarding = true,
        AllowLocalPortForwarding = true,
        AllowRemotePortForwarding = true,
    });

    private static SshAction Recorded(SshRuleTemplate template, AccessMap map, SshAction action) =>
        template.Recorders.IsEmpty ? action : action with
        {
            Recorders = Recorders(template, map),
            OnRecordingFailure = template.EnforceRecorder ? NoSessionUnrecorded : null,
        };

    private static WireList<IPEndPoint> Recorders(SshRuleTemplate template, AccessMap map) => WireList.CopyOf(
        from node in map.NodesWhere(key => key.ByNode.Intersects(template.Recorders))
        from address in new[] { node.IPv4, node.IPv6 }
        where address is not null
        select new IPEndPoint(address, RecorderPort));
}
