namespace MeshControl.ClientTests.Processes;

/// <summary>A program that was to succeed did not.</summary>
internal sealed class CommandFailedException(string message) : Exception(message);
