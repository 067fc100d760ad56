using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Tests.Configuration;

/// <summary>How relays of a region name each other.</summary>
public sealed class MeshPeerTextTests
{
    private const string Hash = "sha256-raw:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("relay2.example.com", "relay2.example.com", 443, true, null)]
    [InlineData("Relay2.example.com:8443", "relay2.example.com", 8443, true, null)]
    [InlineData("https://relay2.example.com", "relay2.example.com", 443, true, null)]
    [InlineData("https://relay2.example.com/derp", "relay2.example.com", 443, true, null)]
    [InlineData("https://192.0.2.7:8443/#" + Hash, "192.0.2.7", 8443, true, Hash)]
    [InlineData("192.0.2.7", "192.0.2.7", 443, true, null)]
    [InlineData("2001:db8::7", "2001:db8::7", 443, true, null)]
    [InlineData("[2001:db8::7]", "2001:db8::7", 443, true, null)]
    [InlineData("https://[2001:db8::7]:8443#" + Hash, "2001:db8::7", 8443, true, Hash)]
    [InlineData("relay2.example.com#SHA256-RAW:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef", "relay2.example.com", 443, true, Hash)]
    [InlineData("http://relay2.internal:3340", "relay2.internal", 3340, false, null)]
    [InlineData("http://relay2.internal", "relay2.internal", 80, false, null)]
    public void Parse_Relay_IsTaken(string text, string host, int port, bool usesTls, string? certName)
    {
        var parsed = MeshPeerText.Parse(text);

        Assert.Null(parsed.Message);
        Assert.Equal((host, port, usesTls, certName), (parsed.Value!.HostName, parsed.Value.Port, parsed.Value.UsesTls, parsed.Value.CertName));
    }

    [Theory]
    [InlineData("")]
    [InlineData("https://")]
    [InlineData("ftp://relay2.example.com")]
    [InlineData("relay2.example.com:0")]
    [InlineData("relay2.example.com:65536")]
    [InlineData("relay2.example.com/other")]
    [InlineData("user@relay2.example.com")]
    [InlineData("relay 2")]
    [InlineData("relay2.example.com#")]
    [InlineData("relay2.example.com#sha256-raw:0123")]
    [InlineData("relay2.example.com#0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("http://relay2.example.com#" + Hash)]
    public void Parse_WhatNamesNoRelay_IsRefused(string text)
    {
        var parsed = MeshPeerText.Parse(text);

        Assert.NotNull(parsed.Message);
        Assert.NotEqual("", parsed.Remedy);
    }
}
