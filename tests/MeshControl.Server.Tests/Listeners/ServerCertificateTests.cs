using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Listeners.Tls;
using MeshControl.Server.Tests.Hosting;
using MeshControl.Server.Tests.Rpc;
using MeshControl.Testing.Time;

namespace MeshControl.Server.Tests.Listeners;

public sealed class ServerCertificateTests : IDisposable
{
    private static readonly TimeSpan NinetyDays = TimeSpan.FromDays(90);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("certificate");
    private readonly ManualTimeProvider _time = new();
    private readonly LogCollector _log = new();
    private readonly TlsOptions _options;

    public ServerCertificateTests() => _options = new TlsOptions { CertPath = InDirectory("tls.crt"), KeyPath = InDirectory("tls.key") };

    private string[] Messages => [.. _log.Entries.Select(entry => entry.Text)];

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Reload_SameFiles_ChangesNothing()
    {
        Write(NinetyDays);
        var certificate = Load();
        var before = certificate.Current;
        File.SetLastWriteTimeUtc(_options.CertPath!, _time.GetUtcNow().UtcDateTime.AddDays(1));

        Assert.Equal(CertificateReload.Unchanged, certificate.Reload());

        Assert.Same(before, certificate.Current);
        Assert.Empty(Messages);
    }

    [Fact]
    public void Reload_NewPair_IsTakenUp()
    {
        Write(NinetyDays);
        var certificate = Load();
        Write(2 * NinetyDays);

        Assert.Equal(CertificateReload.Replaced, certificate.Reload());

        Assert.Equal(_time.GetUtcNow() + (2 * NinetyDays), certificate.Current.TargetCertificate.NotAfter.ToUniversalTime());
        Assert.True(certificate.Current.TargetCertificate.HasPrivateKey);
        Assert.Empty(Messages);
    }

    // As renewal tools and orchestrators do: the named path is a link, and a link above it is turned; the new files may be older.
    [Fact]
    public void Reload_LinkFurtherDownIsTurned_IsTakenUp()
    {
        Directory.CreateDirectory(InDirectory("old"));
        Directory.CreateDirectory(InDirectory("new"));
        Write(NinetyDays, "old/tls");
        Write(2 * NinetyDays, "new/tls");
        File.SetLastWriteTimeUtc(InDirectory("new/tls.crt"), _time.GetUtcNow().UtcDateTime.AddYears(-1));
        Directory.CreateSymbolicLink(InDirectory("data"), "old");
        File.CreateSymbolicLink(_options.CertPath!, "data/tls.crt");
        File.CreateSymbolicLink(_options.KeyPath!, "data/tls.key");
        var certificate = Load();
        Directory.CreateSymbolicLink(InDirectory("next"), "new");
        Directory.Delete(InDirectory("data"));
        Directory.Move(InDirectory("next"), InDirectory("data"));

        Assert.Equal(CertificateReload.Replaced, certificate.Reload());

        Assert.Equal(_time.GetUtcNow() + (2 * NinetyDays), certificate.Current.TargetCertificate.NotAfter.ToUniversalTime());
    }

    [Theory]
    [InlineData("key not written yet")]
    [InlineData("certificate half written")]
    [InlineData("files gone")]
    [InlineData("file too long")]
    public void Reload_PairOfNoUse_KeepsTheOldOneAndSaysSoOnce(string fault)
    {
        Write(NinetyDays);
        var certificate = Load();
        var before = certificate.Current;
        Spoil(fault);

        Assert.Equal(CertificateReload.Kept, certificate.Reload());
        Assert.Equal(CertificateReload.Unchanged, certificate.Reload());
        Assert.Equal(CertificateReload.Unchanged, certificate.Reload());

        Assert.Same(before, certificate.Current);
        var message = Assert.Single(Messages);
        Assert.Contains(_options.CertPath!, message, StringComparison.Ordinal);
        Assert.Contains("stays in use", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Write(2 * NinetyDays);
        Assert.Equal(CertificateReload.Replaced, certificate.Reload());
    }

    [Fact]
    public void Reload_ExpiryComesNear_IsToldOnceADay()
    {
        Write(NinetyDays);
        var certificate = Load();
        _time.Advance(NinetyDays - ServerCertificate.ExpiryWarning);
        certificate.Reload();
        Assert.Empty(Messages);

        _time.Advance(TimeSpan.FromMinutes(1));
        certificate.Reload();
        certificate.Reload();
        Assert.Contains("expires on", Assert.Single(Messages), StringComparison.Ordinal);

        _time.Advance(ServerCertificate.WarningInterval);
        certificate.Reload();
        Assert.Equal(2, Messages.Length);

        _time.Advance(ServerCertificate.ExpiryWarning);
        certificate.Reload();
        Assert.Contains("expired on", Messages[2], StringComparison.Ordinal);
        Write(2 * NinetyDays);
        certificate.Reload();
        certificate.Reload();
        Assert.Equal(3, Messages.Length);
    }

    [Fact]
    public void Load_CertificateOfDays_IsNoReasonToWarnUntilItsLastFifth()
    {
        Write(TimeSpan.FromDays(6), age: TimeSpan.Zero);
        var certificate = Load();
        _time.Advance(TimeSpan.FromDays(4));
        certificate.Reload();
        Assert.Empty(Messages);

        _time.Advance(TimeSpan.FromDays(1));
        certificate.Reload();

        Assert.Contains("expires on", Assert.Single(Messages), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_Expired_IsUsedAndTold()
    {
        Write(TimeSpan.FromDays(-1));

        Load();

        Assert.Contains("expired on", Assert.Single(Messages), StringComparison.Ordinal);
    }

    private string InDirectory(string name) => Path.Combine(_directory.FullName, name);

    private ServerCertificate Load() => ServerCertificate.Load(_options, _time, _log.CreateLogger(""));

    /// <summary>Writes a pair that is valid for <paramref name="left"/> more.</summary>
    private void Write(TimeSpan left, string name = "tls", TimeSpan? age = null)
    {
        var now = _time.GetUtcNow();
        var (certificate, key) = TestCertificates.Create(now - (age ?? NinetyDays), now + left);
        File.WriteAllText(InDirectory(name + ".crt"), certificate);
        File.WriteAllText(InDirectory(name + ".key"), key);
    }

    private void Spoil(string fault)
    {
        switch (fault)
        {
            case "key not written yet":
                var key = File.ReadAllText(_options.KeyPath!);
                Write(2 * NinetyDays);
                File.WriteAllText(_options.KeyPath!, key);
                break;
            case "certificate half written":
                File.WriteAllText(_options.CertPath!, File.ReadAllText(_options.CertPath!)[..100]);
                break;
            case "files gone":
                File.Delete(_options.CertPath!);
                File.Delete(_options.KeyPath!);
                break;
            default:
                File.WriteAllText(_options.CertPath!, new string('x', CertificatePair.MaxFileLength + 1));
                break;
        }
    }
}
