using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;

namespace MeshControl.Derp.Client;

/// <summary>What a login has shown.</summary>
/// <param name="ServerKey">The relay's key, proved by the box that it sent.</param>
/// <param name="Info">What it says of itself.</param>
/// <param name="IsFast">Whether the login went out with the first flight.</param>
/// <param name="UpgradeTime">For the HTTP request; zero in a fast start.</param>
/// <param name="LoginTime">For the login.</param>
public sealed record RelayWelcome(DerpPublicKey ServerKey, DerpServerInfo Info, bool IsFast, TimeSpan UpgradeTime, TimeSpan LoginTime);
