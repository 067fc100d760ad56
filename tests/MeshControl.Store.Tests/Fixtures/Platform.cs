using System.Runtime.Versioning;

// Some tests look at Unix file modes.
[assembly: UnsupportedOSPlatform("windows")]
