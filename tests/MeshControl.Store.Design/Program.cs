// dotnet ef loads this assembly for the two factories beside this file; there is nothing to run.
Console.Error.WriteLine("Run dotnet ef as docs/architecture/storage.md says.");
return 1;
