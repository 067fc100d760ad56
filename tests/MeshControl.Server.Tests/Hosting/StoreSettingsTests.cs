using MeshControl.Server.Configuration;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Hosting;

namespace MeshControl.Server.Tests.Hosting;

public sealed class StoreSettingsTests
{
    [Fact]
    public void Describe_Sqlite_IsTheFile() =>
        Assert.Equal("/data/db", StoreSettings.Describe(new DatabaseOptions { SqlitePath = "/data/db" }));

    [Fact]
    public void Describe_Postgres_HasNoSecrets()
    {
        var options = new DatabaseOptions
        {
            Type = DatabaseType.Postgres,
            SqlitePath = "/data/db",
            Postgres = new PostgresOptions { Host = "db.test", Port = 5432, Name = "mesh", User = "ada", Password = new Secret("s3cret") },
        };

        var text = StoreSettings.Describe(options);

        Assert.Contains("db.test:5432", text, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal);
    }
}
