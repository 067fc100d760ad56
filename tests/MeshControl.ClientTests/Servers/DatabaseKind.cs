namespace MeshControl.ClientTests.Servers;

/// <summary>What a server keeps its state in; every test runs on both.</summary>
public enum DatabaseKind
{
    Sqlite,
    Postgres,
}
