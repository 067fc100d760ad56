using System.Text;
using MeshControl.Core.Policies;
using MeshControl.Server.Policies;

namespace MeshControl.Server.Tests.Policies;

/// <summary>Whatever may lie in the place of a policy file.</summary>
public sealed class PolicyFileReadingTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("policy");

    private string FilePath => Path.Combine(_directory.FullName, "acl.hujson");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Of_Text_IsAllOfIt()
    {
        File.WriteAllText(FilePath, "{} // ä\r\n");
        Assert.Equal(new PolicyFileReading("{} // ä\r\n", null), PolicyFileReading.Of(FilePath));

        // No part of the language, so the same as for `meshctl policy check`.
        File.WriteAllText(FilePath, "{}", Encoding.UTF8);
        Assert.Equal("\uFEFF{}", PolicyFileReading.Of(FilePath).Text);
    }

    [Fact]
    public void Of_Directory_SaysSo()
    {
        Assert.Equal(new PolicyFileReading(null, "it is a directory"), PolicyFileReading.Of(_directory.FullName));
    }

    [Fact]
    public void Of_LinkThatWasTurned_IsTheNewFile()
    {
        var (old, now) = (Path.Combine(_directory.FullName, "old"), Path.Combine(_directory.FullName, "new"));
        File.WriteAllText(old, "{}");
        File.WriteAllText(now, "[]");
        File.CreateSymbolicLink(FilePath, old);
        Assert.Equal("{}", PolicyFileReading.Of(FilePath).Text);

        File.CreateSymbolicLink(FilePath + ".next", now);
        File.Move(FilePath + ".next", FilePath, overwrite: true);

        Assert.Equal("[]", PolicyFileReading.Of(FilePath).Text);
    }

    [Fact]
    public void Of_OneByteTooMany_IsTooLarge()
    {
        File.WriteAllText(FilePath, new string(' ', PolicyLimits.MaxTextBytes));
        Assert.Equal(PolicyLimits.MaxTextBytes, PolicyFileReading.Of(FilePath).Text!.Length);

        File.WriteAllText(FilePath, new string(' ', PolicyLimits.MaxTextBytes + 1));
        Assert.Equal(new PolicyFileReading(null, "it is larger than 1024 KiB"), PolicyFileReading.Of(FilePath));
    }

    [Fact]
    public void Of_WhatIsNoPolicy_SaysWhy()
    {
        Assert.Equal("there is no such file", PolicyFileReading.Of(FilePath).Failure);
        Assert.Equal("there is no such file", PolicyFileReading.Of(Path.Combine(FilePath, "below")).Failure);
        Assert.NotNull(PolicyFileReading.Of(_directory.FullName).Failure);

        File.WriteAllBytes(FilePath, [.. "{} // "u8, 0xE4, 0x0A]);
        Assert.Equal("it is not UTF-8 at byte 6", PolicyFileReading.Of(FilePath).Failure);
    }
}
