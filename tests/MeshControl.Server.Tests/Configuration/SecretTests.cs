namespace MeshControl.Server.Tests.Configuration;

public sealed class SecretTests
{
    [Fact]
    public void ToString_OfASecretAndOfTheOptionsAroundIt_DoesNotShowIt()
    {
        var options = Loading.Options("database: {postgres: {pass: open sesame}}");

        Assert.Equal("open sesame", options.Database.Postgres.Password!.Reveal());
        Assert.Equal("[redacted]", options.Database.Postgres.Password.ToString());
        Assert.DoesNotContain("sesame", options.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", System.Text.Json.JsonSerializer.Serialize(options.Database.Postgres), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sesame\n", "sesame")]
    [InlineData("sesame\r\n", "sesame")]
    [InlineData("sesame", "sesame")]
    [InlineData(" two words \n\n", " two words \n")]
    public void Load_SecretInAFile_LosesTheLineEndOnly(string content, string secret)
    {
        var loading = new Loading
        {
            Files = { [Loading.ConfigPath] = "database: {postgres: {pass_path: secrets/db}}", ["/etc/meshcontrol/secrets/db"] = content },
        };

        Assert.Equal(secret, loading.Load().Options!.Database.Postgres.Password!.Reveal());
    }

    [Fact]
    public void Load_PathWithVariables_ExpandsThem()
    {
        var loading = new Loading
        {
            Environment = { ["CREDENTIALS_DIRECTORY"] = "/run/credentials", ["MESHCONTROL_DATABASE_POSTGRES_PASS_PATH"] = "${CREDENTIALS_DIRECTORY}/db" },
            Files = { ["/run/credentials/db"] = "sesame" },
        };

        Assert.Equal("sesame", loading.Load().Options!.Database.Postgres.Password!.Reveal());
    }

    [Theory]
    [InlineData("$NOWHERE/db", "NOWHERE")]
    [InlineData("/missing", "/missing")]
    [InlineData("/empty", "empty")]
    public void Load_SecretFileThatCannotBeUsed_IsAnError(string path, string named)
    {
        var loading = new Loading
        {
            Files = { [Loading.ConfigPath] = $"database: {{postgres: {{pass_path: {path}}}}}", ["/empty"] = "\n" },
        };

        var error = Assert.Single(loading.Load().Errors);

        Assert.Equal("database.postgres.pass_path", error.Key);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SecretGivenTwice_IsAnErrorThatShowsNeither()
    {
        var loading = new Loading
        {
            Files = { [Loading.ConfigPath] = "database: {postgres: {pass: sesame, pass_path: /db}}", ["/db"] = "sesame" },
        };

        var error = Assert.Single(loading.Load().Errors);

        Assert.Equal("database.postgres.pass_path", error.Key);
        Assert.Contains("database.postgres.pass", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SecretOfTheWrongShape_IsAnErrorThatDoesNotShowIt()
    {
        Assert.DoesNotContain("sesame", Loading.Error("database: {postgres: {pass: [sesame]}}").ToString(), StringComparison.Ordinal);
    }
}
