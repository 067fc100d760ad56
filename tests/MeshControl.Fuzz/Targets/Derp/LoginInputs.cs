using MeshControl.Fuzz.Engine;
using MeshControl.Fuzz.Mutations;
using MeshControl.Protocol.Crypto;
using MeshControl.Protocol.Derp;
using MeshControl.Protocol.Keys;

namespace MeshControl.Fuzz.Targets.Derp;

/// <summary>Both messages of a login: boxes that were altered, and boxes that were sealed properly around altered JSON.</summary>
internal sealed class LoginInputs : IDisposable
{
    private const int MaxPlain = 4096;

    private static readonly byte[][] Documents =
    [
        .. new[]
        {
            """{"version":2,"CanAckPings":true}""",
            """{"meshKey":"de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f","version":2,"CanAckPings":true,"IsProber":true}""",
            """{"version":2,"TokenBucketBytesPerSecond":1250000,"TokenBucketBytesBurst":131072}""",
            """{"MESHKEY":"","VERSION":0,"AppName":"x"}""",
            "{}",
            "null",
        }.Select(System.Text.Encoding.UTF8.GetBytes),
    ];

    private readonly X25519PrivateKey _server = X25519PrivateKey.Import([.. Enumerable.Repeat((byte)1, KeyBytes.Length)]);
    private readonly X25519PrivateKey _client = X25519PrivateKey.Import([.. Enumerable.Repeat((byte)2, KeyBytes.Length)]);
    private readonly ByteMutator _plain = new(MaxPlain);
    private readonly ByteMutator _wire = new(MaxPlain + 128);
    private readonly byte[] _sealed = new byte[MaxPlain + 128];

    public void Run(FuzzRandom random, Tally tally)
    {
        var isFromClient = random.OneIn(2);
        _plain.Load(random.Pick(Documents));
        var isDocumentAltered = random.OneIn(2);
        if (isDocumentAltered)
        {
            if (random.OneIn(2))
            {
                JsonMutator.Mutate(_plain, random, random.Pick(Documents));
            }
            else
            {
                _plain.Mutate(random, random.Pick(Documents));
            }
        }

        Seal(random, isFromClient);
        var honest = _wire.Span.ToArray();
        if (isDocumentAltered ? random.OneIn(8) : !random.OneIn(3))
        {
            _wire.Mutate(random, honest);
        }

        var isAltered = !_wire.Span.SequenceEqual(honest);
        var isRead = isFromClient ? ReadClientInfo() : ReadServerInfo();
        RuleBrokenException.Require(!isRead || !isAltered || IsSameKey(honest, isFromClient), "an altered box was opened");
        RuleBrokenException.Require(isRead || isAltered || isDocumentAltered || _plain.Length <= 4, "an untouched login was refused");
        tally.Count(isRead ? isFromClient ? "login: client read" : "login: server read" : isAltered ? "login: box refused" : "login: JSON refused");
    }

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
    }

    // The topmost bit of a key is none of its bits, so a box opens with either form.
    private bool IsSameKey(ReadOnlySpan<byte> honest, bool isFromClient)
    {
        if (!isFromClient || _wire.Length != honest.Length)
        {
            return false;
        }

        _wire.Span[KeyBytes.Length - 1] = (byte)((_wire.Span[KeyBytes.Length - 1] & 0x7F) | (honest[KeyBytes.Length - 1] & 0x80));
        return _wire.Span.SequenceEqual(honest);
    }

    private void Seal(FuzzRandom random, bool isFromClient)
    {
        var keyLength = isFromClient ? KeyBytes.Length : 0;
        var length = keyLength + NaclBox.NonceLength + NaclBox.Overhead + _plain.Length;
        var message = _sealed.AsSpan(0, length);
        _client.PublicKey.Span[..keyLength].CopyTo(message);
        var nonce = message.Slice(keyLength, NaclBox.NonceLength);
        random.Fill(nonce);
        var (sender, recipient) = isFromClient ? (_client, _server) : (_server, _client);
        NaclBox.Seal(sender, recipient.PublicKey, nonce, _plain.Span, message[(keyLength + NaclBox.NonceLength)..]);
        _wire.Load(message);
    }

    private bool ReadClientInfo()
    {
        if (!DerpLogin.TryReadClientInfo(_server, _wire.Span, out var client, out var info))
        {
            return false;
        }

        RuleBrokenException.Require(client.Bytes.Span.SequenceEqual(_wire.Span[..KeyBytes.Length]), "somebody else logged in");
        var again = DerpLogin.WriteClientInfo(_client, new DerpPublicKey(_server.PublicKey), new byte[NaclBox.NonceLength], info);
        RuleBrokenException.Require(
            DerpLogin.TryReadClientInfo(_server, again.AsSpan(DerpProtocol.HeaderLength), out _, out var same) && same == info,
            "a login was changed by reading and writing it");
        return true;
    }

    private bool ReadServerInfo()
    {
        if (!DerpLogin.TryReadServerInfo(_client, new DerpPublicKey(_server.PublicKey), _wire.Span, out var info))
        {
            return false;
        }

        var again = DerpLogin.WriteServerInfo(_server, new NodePublicKey(_client.PublicKey), new byte[NaclBox.NonceLength], info);
        RuleBrokenException.Require(
            DerpLogin.TryReadServerInfo(_client, new DerpPublicKey(_server.PublicKey), again.AsSpan(DerpProtocol.HeaderLength), out var same)
            && same == info,
            "a welcome was changed by reading and writing it");
        return true;
    }
}
