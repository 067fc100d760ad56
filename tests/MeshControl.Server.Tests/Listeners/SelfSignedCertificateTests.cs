using System.Security.Cryptography;
using MeshControl.Server.Listeners.Tls;
using MeshControl.Testing.Time;

namespace MeshControl.Server.Tests.Listeners;

/// <summary>The relay's own certificate: what clients check of it by its hash, and that it stays.</summary>
public sealed class SelfSignedCertificateTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("cert");
    private readonly ManualTimeProvider _time = new();

    private string PemFile => SelfSignedCertificate.PathBeside(Path.Combine(_directory.FullName, "sub/relay.key"));

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("mesh.example.com")]
    [InlineData("192.0.2.7")]
    [InlineData("2001:db8::7")]
    public void LoadOrCreate_First_MakesOneForTheHostAlone(string host)
    {
        using var made = Load(host);

        Assert.True(made.Certificate.HasPrivateKey);
        Assert.True(made.Certificate.MatchesHostname(host, allowWildcards: false, allowCommonName: false));
        Assert.False(made.Certificate.MatchesHostname("other.example.com"));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(made.Certificate.RawData)), made.Hash);
        var now = _time.GetUtcNow();
        Assert.True(made.Certificate.NotBefore.ToUniversalTime() <= now.AddDays(-29));
        Assert.Equal(now.AddYears(SelfSignedCertificate.Lifetime).UtcDateTime, made.Certificate.NotAfter.ToUniversalTime(), TimeSpan.FromSeconds(1));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PemFile));
        }

        // Clients pass over certificates whose name has this prefix: those tell a relay's key.
        Assert.DoesNotContain("derpkey", made.Certificate.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadOrCreate_Again_IsTheSame()
    {
        using var made = Load("mesh.example.com");
        _time.Advance(TimeSpan.FromDays(365 * 8));
        using var again = Load("mesh.example.com");

        Assert.Equal(made.Hash, again.Hash);
        Assert.True(again.Certificate.HasPrivateKey);
    }

    [Fact]
    public void LoadOrCreate_NearItsEnd_MakesAnother()
    {
        using var made = Load("mesh.example.com");
        _time.Advance(TimeSpan.FromDays((365 * 9) + 30));
        using var another = Load("mesh.example.com");

        Assert.NotEqual(made.Hash, another.Hash);
    }

    [Fact]
    public void LoadOrCreate_OtherHost_MakesAnother()
    {
        using var made = Load("mesh.example.com");
        using var another = Load("192.0.2.7");

        Assert.NotEqual(made.Hash, another.Hash);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void LoadOrCreate_DamagedFile_MakesAnother(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PemFile)!);
        File.WriteAllText(PemFile, text);

        using var made = Load("mesh.example.com");
        using var again = Load("mesh.example.com");

        Assert.Equal(made.Hash, again.Hash);
    }

    [Fact]
    public void LoadOrCreate_NoPlaceForTheFile_IsOneSentence()
    {
        Directory.CreateDirectory(PemFile + ".new");

        Assert.StartsWith($"The relay's certificate {PemFile} cannot", Assert.Throws<StartupException>(() => Load("h")).Message, StringComparison.Ordinal);
    }

    private SelfSignedCertificate Load(string host) => SelfSignedCertificate.LoadOrCreate(PemFile, host, _time);
}
