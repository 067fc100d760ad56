using MeshControl.Core.Model;

namespace MeshControl.Core.Logins;

/// <summary>Whose a device will be, and how it was made sure that this is right.</summary>
public readonly record struct VerifiedIdentity(UserId User, RegisterMethod Method);
