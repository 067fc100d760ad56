using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MeshControl.Server.Configuration.Options;

namespace MeshControl.Server.Listeners.Tls;

/// <summary>What the two files of a certificate held at one moment.</summary>
internal sealed class CertificatePair
{
    /// <summary>Far beyond any chain of certificates; a path may name a device or a huge file by mistake.</summary>
    public const int MaxFileLength = 1024 * 1024;

    private CertificatePair(string fingerprint) => Fingerprint = fingerprint;

    /// <summary>Tells one content of the files from another, also where they cannot be used.</summary>
    public string Fingerprint { get; }

    /// <summary>The certificate with its chain, built once, not per handshake; null when the files cannot be used.</summary>
    public SslStreamCertificateContext? Context { get; private init; }

    /// <summary>Why the files cannot be used; null when they can.</summary>
    public Exception? Failure { get; private init; }

    /// <summary>Reads the files. What is wrong with them is a value.</summary>
    public static CertificatePair Read(TlsOptions options)
    {
        try
        {
            var certificate = ReadText(options.CertPath!);
            var key = ReadText(options.KeyPath!);
            var content = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(certificate + '\0' + key)));
            try
            {
                return new CertificatePair(content) { Context = Parse(certificate, key) };
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                return new CertificatePair(content) { Failure = exception };
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new CertificatePair(exception.Message) { Failure = exception };
        }
    }

    private static SslStreamCertificateContext Parse(string certificate, string key)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificate);
        var own = X509Certificate2.CreateFromPem(certificate, key);
        if (chain.Count > 0)
        {
            chain.RemoveAt(0);
        }

        // Offline: what the file does not hold is not fetched from somewhere while clients wait.
        return SslStreamCertificateContext.Create(own, chain, offline: true);
    }

    private static string ReadText(string path)
    {
        using var stream = File.OpenRead(path);
        if (!stream.CanSeek || stream.Length > MaxFileLength)
        {
            throw new IOException($"{path} is not a file of at most {MaxFileLength} bytes.");
        }

        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
