using System.Text;
using System.Text.Json;
using MeshControl.Protocol.Control;

namespace MeshControl.Protocol.Tests.Control;

/// <summary>Everything that real clients and a server they accept said to each other survives reading and writing.</summary>
public sealed class CaptureTests
{
    public static TheoryData<string> Files => Captures.FileNames;

    [Fact]
    public void Files_AreAllThere()
    {
        Assert.Equal(31, Captures.Files.Count);
        Assert.True(Captures.All().Count(line => line.Kind == "frame") > 400);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Requests_ReadAndWritten_KeepTheirMeaning(string file)
    {
        foreach (var line in Captures.Read(file).Where(line => line.Kind == "request" && line.Body is not null))
        {
            var written = line.Path switch
            {
                "/machine/register" => RoundTrip<RegisterRequest>(line),
                "/machine/map" => RoundTrip<MapRequest>(line),
                "/machine/feature/query" => RoundTrip<FeatureQueryRequest>(line),
                "/machine/update-health" => RoundTrip<UpdateHealthRequest>(line),
                _ => throw new InvalidOperationException($"{line}: {line.Path} is not expected."),
            };
            JsonMeaning.AssertEqual(line.Body!.Value, written, line);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Answers_ReadAndWritten_KeepTheirMeaning(string file)
    {
        var scene = Captures.Read(file);
        foreach (var request in scene.Where(line => line.Kind == "request"))
        {
            if (Captures.AnswerTo(scene, request) is not { Body: { } body } answer)
            {
                continue;
            }

            var written = request.Path.StartsWith("/machine/ssh/action/", StringComparison.Ordinal) ? RoundTrip<SshAction>(answer)
                : request.Path == "/machine/register" ? RoundTrip<RegisterResponse>(answer)
                : throw new InvalidOperationException($"{answer}: no answer with a body is expected.");
            JsonMeaning.AssertEqual(body, written, answer);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Frames_ReadAndWritten_KeepTheirMeaning(string file)
    {
        foreach (var line in Captures.Read(file).Where(line => line.Kind == "frame"))
        {
            JsonMeaning.AssertEqual(line.Body!.Value, RoundTrip<MapResponse>(line), line);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void TransportMessages_ReadAndWritten_KeepTheirMeaning(string file)
    {
        foreach (var line in Captures.Read(file))
        {
            if (line.Kind == "outer" && line.Body is { } key)
            {
                JsonMeaning.AssertEqual(key, RoundTrip<ServerKeyResponse>(line), line);
            }

            if (line.Kind == "connect" && line.Root.TryGetProperty("early", out var early))
            {
                var written = ControlJson.SerializeToUtf8Bytes(ControlJson.Parse<EarlyNoise>(Utf8(early)));
                Assert.Equal(early.GetRawText(), Encoding.UTF8.GetString(written));
            }
        }
    }

    [Fact]
    public void RegisterRequests_Written_HaveTheClientsMembersInItsOrder()
    {
        foreach (var line in Captures.All().Where(line => line.Path == "/machine/register"))
        {
            Assert.Equal(Names(line.Body!.Value), Names(JsonDocument.Parse(RoundTrip<RegisterRequest>(line)).RootElement));
        }
    }

    [Fact]
    public void RegisterResponses_Written_AreTheSameText()
    {
        foreach (var line in Captures.All().Where(line => line.Kind == "response" && line.Body?.TryGetProperty("AuthURL", out _) == true))
        {
            // Fractions below a tick are the only thing that is lost.
            var names = Names(line.Body!.Value);
            Assert.Equal(names, Names(JsonDocument.Parse(RoundTrip<RegisterResponse>(line)).RootElement));
            Assert.Equal(7, names.Length);
        }
    }

    [Fact]
    public void Hostinfos_ReadAndWritten_KeepEveryMember()
    {
        var bodies = Captures.All().Where(line => line.Kind == "request").Select(line => line.Body)
            .Where(body => body?.TryGetProperty("Hostinfo", out _) == true).Select(body => body!.Value.GetProperty("Hostinfo"));
        foreach (var host in bodies)
        {
            var parsed = ControlJson.Parse<Hostinfo>(Utf8(host));
            var written = ControlJson.SerializeToUtf8Bytes(parsed);
            var members = Names(host).ToHashSet();
            members.SymmetricExceptWith(Names(JsonDocument.Parse(written).RootElement));
            Assert.Empty(members);
            Assert.Equal(parsed, ControlJson.Parse<Hostinfo>(written));
        }
    }

    private static byte[] RoundTrip<T>(CapturedLine line)
        where T : class, IControlMessage =>
        ControlJson.SerializeToUtf8Bytes(ControlJson.Parse<T>(Utf8(line.Body!.Value)));

    private static byte[] Utf8(JsonElement element) => Encoding.UTF8.GetBytes(element.GetRawText());

    private static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(member => member.Name)];
}
