using System.Text.Json.Serialization;
using MeshControl.Protocol.Keys;

namespace MeshControl.Protocol.Tests.Keys;

[JsonSerializable(typeof(MachinePublicKey))]
[JsonSerializable(typeof(NodePublicKey))]
[JsonSerializable(typeof(DiscoPublicKey))]
[JsonSerializable(typeof(ChallengePublicKey))]
[JsonSerializable(typeof(NetworkLockPublicKey))]
[JsonSerializable(typeof(DerpPublicKey))]
internal sealed partial class KeyJsonContext : JsonSerializerContext;
