using System.Net;
using MeshControl.Derp.Admission;
using MeshControl.Derp.Tests.Support;
using MeshControl.Protocol.Keys;
using MeshControl.Testing.Time;

namespace MeshControl.Derp.Tests.Admission;

/// <summary>Whom a relay lets in that asks a control server.</summary>
public sealed class VerifyUrlAdmissionTests
{
    private static readonly Uri Url = new("https://control.test/verify");

    private static readonly NodePublicKey Node =
        NodePublicKey.Parse("nodekey:07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c");

    private readonly ManualTimeProvider _time = new();
    private readonly RecordedLog<VerifyUrlAdmission> _log = new();

    [Fact]
    public async Task Admit_Question_IsTheOneOfTheReference()
    {
        var server = ControlServer.Saying("""{"Allow":true}""");
        using var admission = Create(server);

        Assert.True(await admission.AdmitAsync(Node, IPAddress.Parse("::ffff:192.0.2.33"), TestContext.Current.CancellationToken));

        Assert.Equal(
            [
                "POST https://control.test/verify application/json "
                + """{"NodePublic":"nodekey:07a37cbc142093c8b755dc1b10e86cb426374ad16aa853ed0bdfc0b2b86d1c7c","Source":"192.0.2.33"}""",
            ],
            server.Questions);
    }

    [Theory]
    [InlineData("""{"Allow":true}""", 200, true)]
    [InlineData("""{"allow":true,"More":[1]}""", 200, true)]
    [InlineData("""{"Allow":false}""", 200, false)]
    [InlineData("{}", 200, false)]
    [InlineData("null", 200, false)]
    [InlineData("", 200, false)]
    [InlineData("true", 200, false)]
    [InlineData("""{"Allow":true} and more""", 200, false)]
    [InlineData("""{"Allow":true}""", 201, false)]
    [InlineData("""{"Allow":true}""", 301, false)]
    [InlineData("""{"Allow":true}""", 500, false)]
    public async Task Admit_Answer_MustBeAYes(string body, int status, bool admitted)
    {
        // Also where failures let clients in: somebody did answer.
        foreach (var failOpen in (bool[])[false, true])
        {
            using var admission = Create(ControlServer.Saying(body, (HttpStatusCode)status), failOpen);

            Assert.Equal(admitted, await AdmitAsync(admission));
        }
    }

    [Fact]
    public async Task Admit_LongestAnswer_IsReadAndOneByteMoreIsNot()
    {
        var most = """{"Allow":true}""".PadRight(VerifyUrlAdmission.MaxAnswerLength);
        using var fits = Create(ControlServer.Saying(most));
        using var tooLong = Create(ControlServer.Saying(most + " "));

        Assert.True(await AdmitAsync(fits));
        Assert.False(await AdmitAsync(tooLong));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Admit_NobodyThere_IsAsConfiguredAndSaidOnceAMinute(bool failOpen)
    {
        using var admission = Create(new ControlServer((_, _) => throw new HttpRequestException("Connection refused")), failOpen);

        Assert.Equal(failOpen, await AdmitAsync(admission));
        Assert.Equal(failOpen, await AdmitAsync(admission));
        Assert.Equal(
            [
                "The control server https://control.test does not say whom to serve: Connection refused. Clients are "
                + (failOpen ? "let in" : "turned away"),
            ],
            _log.Lines);

        _time.Advance(VerifyUrlAdmission.WarningInterval);
        await AdmitAsync(admission);
        Assert.Equal(2, _log.Lines.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Admit_NoAnswerInTime_IsAsConfigured(bool failOpen)
    {
        var server = new ControlServer(WaitAsync);
        using var admission = Create(server, failOpen);

        var asking = AdmitAsync(admission);
        _time.Advance(VerifyUrlAdmission.AnswerTimeout - TimeSpan.FromTicks(1));
        Assert.False(asking.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(failOpen, await asking);
    }

    [Fact]
    public async Task Admit_MoreQuestionsThanAtOnce_WaitAndAreTurnedAwayInTime()
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        var server = new ControlServer((_, _) => answer.Task);
        using var admission = Create(server, failOpen: true);

        var asking = Enumerable.Range(0, VerifyUrlAdmission.MaxQuestions).Select(_ => AdmitAsync(admission)).ToList();
        var oneMore = AdmitAsync(admission);
        _time.Advance(VerifyUrlAdmission.AnswerTimeout);

        Assert.False(await oneMore);
        Assert.Equal(VerifyUrlAdmission.MaxQuestions, server.Questions.Count);
        Assert.DoesNotContain(asking, question => question.IsCompleted);
        answer.SetException(new HttpRequestException("Gone"));
        Assert.All(await Task.WhenAll(asking), Assert.True);
    }

    [Fact]
    public async Task Admit_ClientLeaves_EndsTheQuestion()
    {
        var server = new ControlServer(WaitAsync);
        using var admission = Create(server, failOpen: true);
        using var client = new CancellationTokenSource();

        var asking = admission.AdmitAsync(Node, IPAddress.Loopback, client.Token).AsTask();
        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Equal(0, server.Open);
        Assert.Empty(_log.Lines);
    }

    private static async Task<HttpResponseMessage> WaitAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        throw new InvalidOperationException();
    }

    private static async Task<bool> AdmitAsync(VerifyUrlAdmission admission) =>
        await admission.AdmitAsync(Node, IPAddress.Loopback, TestContext.Current.CancellationToken);

    private VerifyUrlAdmission Create(ControlServer server, bool failOpen = false) => new(Url, failOpen, server, _time, _log);
}
