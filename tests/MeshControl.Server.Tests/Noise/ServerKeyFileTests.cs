using MeshControl.Protocol.Crypto;
using MeshControl.Server.Noise;

namespace MeshControl.Server.Tests.Noise;

public sealed class ServerKeyFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("key");

    private string KeyPath => Path.Combine(_directory.FullName, "data", "noise_private.key");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void LoadOrCreate_NothingThere_MakesAKeyForTheServerAlone()
    {
        using var key = ServerKeyFile.LoadOrCreate(KeyPath);

        Assert.Equal(key.ExportSecretText(), File.ReadAllText(KeyPath).Trim());
        Assert.Equal([KeyPath], Directory.GetFiles(Path.GetDirectoryName(KeyPath)!));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
        }
    }

    [Fact]
    public void LoadOrCreate_Again_GivesTheSameKey()
    {
        using var first = ServerKeyFile.LoadOrCreate(KeyPath);
        using var second = ServerKeyFile.LoadOrCreate(KeyPath);

        Assert.Equal(first.PublicKey, second.PublicKey);
    }

    // As other servers write it: no line end, and whatever an editor added.
    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\r\n\n")]
    public void LoadOrCreate_KeyOfAnotherServer_IsTaken(string end)
    {
        using var key = X25519PrivateKey.Generate();
        Write(key.ExportSecretText() + end);

        using var loaded = ServerKeyFile.LoadOrCreate(KeyPath);

        Assert.Equal(key.PublicKey, loaded.PublicKey);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("privkey:00")]
    [InlineData("privkey:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("mkey:1111111111111111111111111111111111111111111111111111111111111111")]
    [InlineData("privkey:1111111111111111111111111111111111111111111111111111111111111111 privkey:")]
    public void LoadOrCreate_Garbage_IsOneSentenceAndTheFileStays(string text)
    {
        Write(text);

        var exception = Assert.Throws<StartupException>(() => ServerKeyFile.LoadOrCreate(KeyPath));

        Assert.Contains(KeyPath, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.Equal(text, File.ReadAllText(KeyPath));
        if (text.Length > 10)
        {
            Assert.DoesNotContain(text, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void LoadOrCreate_LeftoverOfACrash_IsReplaced()
    {
        Write("");
        File.Move(KeyPath, KeyPath + ".new");

        using var key = ServerKeyFile.LoadOrCreate(KeyPath);

        Assert.False(File.Exists(KeyPath + ".new"));
        Assert.Equal(key.ExportSecretText(), File.ReadAllText(KeyPath).Trim());
    }

    [Fact]
    public void LoadOrCreate_LeftoverBesideAKey_IsNotLookedAt()
    {
        using var first = ServerKeyFile.LoadOrCreate(KeyPath);
        File.WriteAllText(KeyPath + ".new", "half");

        using var second = ServerKeyFile.LoadOrCreate(KeyPath);

        Assert.Equal(first.PublicKey, second.PublicKey);
    }

    [Fact]
    public void LoadOrCreate_DirectoryInItsPlace_IsOneSentence()
    {
        Directory.CreateDirectory(KeyPath);

        var exception = Assert.Throws<StartupException>(() => ServerKeyFile.LoadOrCreate(KeyPath));

        Assert.Contains(KeyPath, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadOrCreate_FileInPlaceOfTheDirectory_IsOneSentence()
    {
        File.WriteAllText(Path.GetDirectoryName(KeyPath)!, "");

        var exception = Assert.Throws<StartupException>(() => ServerKeyFile.LoadOrCreate(KeyPath));

        Assert.Contains(KeyPath, exception.Message, StringComparison.Ordinal);
    }

    private void Write(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(KeyPath)!);
        File.WriteAllText(KeyPath, text);
    }
}
