using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Ssh;

/// <summary>What the rules say of one login.</summary>
/// <param name="Action">With which the session begins; after the check, where one is needed.</param>
/// <param name="CheckPeriod">How long an earlier check is good; zero: none is. Null where no check is needed.</param>
public sealed record SshAdmission(SshAction Action, TimeSpan? CheckPeriod);
