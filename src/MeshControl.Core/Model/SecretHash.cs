using System.Security.Cryptography;
using System.Text;
using MeshControl.Protocol.Keys;

namespace MeshControl.Core.Model;

/// <summary>SHA-256 of a secret with 256 random bits: enough to look it up by, useless to whoever reads the database.</summary>
public readonly record struct SecretHash(KeyBytes Bytes)
{
    public static SecretHash Of(string secret)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(secret), hash);
        return new SecretHash(new KeyBytes(hash));
    }
}
