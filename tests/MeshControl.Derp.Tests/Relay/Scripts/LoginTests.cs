using MeshControl.Derp.Tests.Relay.Support;
using MeshControl.Derp.Tests.Scripted;
using MeshControl.Derp.Tests.Scripted.Sites;

namespace MeshControl.Derp.Tests.Relay.Scripts;

/// <summary>The scripts against the relay itself, without a network.</summary>
public sealed class LoginTests() : LoginScripts(() => Task.FromResult<IRelaySite>(new MemoryRelay()), isShared: false);
