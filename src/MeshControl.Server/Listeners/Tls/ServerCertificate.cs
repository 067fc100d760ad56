using System.Net.Security;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace MeshControl.Server.Listeners.Tls;

/// <summary>
/// The server's certificate: one for all listeners with TLS. It follows its files; connections keep the one they began with.
/// </summary>
internal sealed class ServerCertificate
{
    /// <summary>An expiry this near is told, since whatever renews certificates should have done so.</summary>
    public static readonly TimeSpan ExpiryWarning = TimeSpan.FromDays(14);

    /// <summary>How often it is told again.</summary>
    public static readonly TimeSpan WarningInterval = TimeSpan.FromDays(1);

    /// <summary>Certificates that live for days are renewed in their last third; they are late in the last fifth.</summary>
    private const int ExpiryWarningFraction = 5;

    private readonly TlsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();

    /// <summary>Swapped by reloads, read by handshakes.</summary>
    private volatile SslStreamCertificateContext _current;

    /// <summary>Of the files when they were looked at last. Guarded by the lock, as is the next field.</summary>
    private string _seen;

    private DateTimeOffset? _warned;

    private ServerCertificate(
        TlsOptions options, TimeProvider time, ILogger logger, SslStreamCertificateContext current, string seen) =>
        (_options, _time, _logger, _current, _seen) = (options, time, logger, current, seen);

    /// <summary>What new connections get.</summary>
    public SslStreamCertificateContext Current => _current;

    /// <summary>Reads the files for the first time.</summary>
    /// <exception cref="StartupException">They cannot be read or do not belong together.</exception>
    public static ServerCertificate Load(TlsOptions options, TimeProvider time, ILogger logger)
    {
        var pair = CertificatePair.Read(options);
        if (pair.Context is null)
        {
            throw new StartupException(Unusable(options, pair.Failure!), pair.Failure);
        }

        var certificate = new ServerCertificate(options, time, logger, pair.Context, pair.Fingerprint);
        Log.CertificateLoaded(logger, options.CertPath!, ExpiryOf(pair.Context));
        certificate.WarnOfExpiry();
        return certificate;
    }

    /// <summary>Why the server does not start with these files.</summary>
    public static string Unusable(TlsOptions options, Exception failure) =>
        $"The certificate {options.CertPath} (tls_cert_path) or its key {options.KeyPath} (tls_key_path) cannot be used: {failure.Message}";

    /// <summary>Gives a listener TLS with this certificate.</summary>
    public void Apply(ListenOptions listener, TimeSpan handshakeTimeout) => listener.UseHttps(new TlsHandshakeCallbackOptions
    {
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = _current }),
        HandshakeTimeout = handshakeTimeout,
    });

    /// <summary>
    /// Looks at the files now. By their content, which also tells when a link was turned to other files with older dates.
    /// What cannot be used is logged once, and the certificate from before stays.
    /// </summary>
    public CertificateReload Reload()
    {
        lock (_lock)
        {
            var pair = CertificatePair.Read(_options);
            var result = CertificateReload.Unchanged;
            if (pair.Fingerprint != _seen)
            {
                _seen = pair.Fingerprint;
                result = pair.Context is null ? CertificateReload.Kept : CertificateReload.Replaced;
            }

            if (result == CertificateReload.Replaced)
            {
                _current = pair.Context!;
                _warned = null;
                Log.CertificateReplaced(_logger, _options.CertPath!, ExpiryOf(_current));
            }
            else if (result == CertificateReload.Kept)
            {
                Log.CertificateKept(_logger, _options.CertPath!, _options.KeyPath!, pair.Failure!.Message, ExpiryOf(_current));
            }

            WarnOfExpiry();
            return result;
        }
    }

    private static DateTimeOffset ExpiryOf(SslStreamCertificateContext context) =>
        new(context.TargetCertificate.NotAfter.ToUniversalTime());

    private void WarnOfExpiry()
    {
        var now = _time.GetUtcNow();
        if (now - _warned < WarningInterval)
        {
            return;
        }

        var expiry = ExpiryOf(_current);
        var life = expiry - _current.TargetCertificate.NotBefore.ToUniversalTime();
        var near = life / ExpiryWarningFraction < ExpiryWarning ? life / ExpiryWarningFraction : ExpiryWarning;
        if (expiry <= now)
        {
            _warned = now;
            Log.CertificateExpired(_logger, _options.CertPath!, expiry);
        }
        else if (expiry - now < near)
        {
            _warned = now;
            Log.CertificateExpiresSoon(_logger, _options.CertPath!, expiry);
        }
    }
}
