namespace MeshControl.Protocol.Interop;

/// <summary>A system library: the name that bindings import, the files to try in order, and what to install when none is there.</summary>
internal sealed record NativeDependency(string ImportName, string[] FileNames, string Description, string DebianPackage);
