using MeshControl.Server.Configuration;

namespace MeshControl.Server.Tests.Configuration;

public sealed class SystemFilesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("meshcontrol-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Read_File_YieldsItsTextWithoutByteOrderMark()
    {
        File.WriteAllBytes(PathOf("a.yaml"), [0xef, 0xbb, 0xbf, (byte)'a', (byte)'\n']);

        Assert.Equal("a\n", SystemFiles.Read(PathOf("a.yaml")).Text);
    }

    [Theory]
    [InlineData("nothing.yaml")]
    [InlineData("nowhere/nothing.yaml")]
    public void Read_NoFile_IsMissing(string name)
    {
        var file = SystemFiles.Read(PathOf(name));

        Assert.True(file.IsMissing);
        Assert.Null(file.Text);
    }

    [Fact]
    public void Read_Directory_IsUnreadableButNotMissing()
    {
        var file = SystemFiles.Read(_directory);

        Assert.False(file.IsMissing);
        Assert.NotNull(file.Failure);
    }

    [Fact]
    public void Read_FileOneByteBeyondTheLimit_IsUnreadable()
    {
        File.WriteAllBytes(PathOf("fits"), new byte[SystemFiles.MaxFileBytes]);
        File.WriteAllBytes(PathOf("large"), new byte[SystemFiles.MaxFileBytes + 1]);

        Assert.Equal(SystemFiles.MaxFileBytes, SystemFiles.Read(PathOf("fits")).Text!.Length);
        Assert.Contains("4 MiB", SystemFiles.Read(PathOf("large")).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void ForProcess_OnThisMachine_YieldsAbsolutePaths()
    {
        var source = ConfigurationSource.ForProcess("x.yaml", new Dictionary<string, string>());

        Assert.Equal("x.yaml", source.ExplicitPath);
        Assert.True(Path.IsPathRooted(source.HomeDirectory));
        Assert.True(Path.IsPathRooted(source.WorkingDirectory));
        Assert.True(Path.IsPathRooted(DefaultPaths.For(source).Socket));
    }

    private string PathOf(string name) => Path.Combine(_directory, name);
}
