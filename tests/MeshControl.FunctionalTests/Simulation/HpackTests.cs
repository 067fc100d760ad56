using MeshControl.Testing.Peers;

namespace MeshControl.FunctionalTests.Simulation;

public sealed class HpackTests
{
    [Theory]
    [InlineData("88", 200)]
    [InlineData("8c", 400)]
    [InlineData("8d", 404)]
    [InlineData("2088", 200)]
    [InlineData("3fe11f88", 200)]
    [InlineData("4803343033", 403)]
    [InlineData("0803353031", 501)]
    public void ReadStatus_KnownForms_AreUnderstood(string hex, int status) =>
        Assert.Equal(status, Hpack.ReadStatus(Convert.FromHexString(hex)));

    [Fact]
    public void Encode_Field_IsLiteral() =>
        Assert.Equal("0003782d79017a", Convert.ToHexStringLower(Hpack.Encode(("x-y", "z"))));
}
