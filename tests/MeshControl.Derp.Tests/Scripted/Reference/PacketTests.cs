using MeshControl.Derp.Tests.Scripted.Sites;

namespace MeshControl.Derp.Tests.Scripted.Reference;

/// <summary>The scripts against the stock clients' own relay, which shows that scripts and client are right.</summary>
public sealed class PacketTests(SharedReference reference) : PacketScripts(async () => await reference.GetAsync(), isShared: true);
