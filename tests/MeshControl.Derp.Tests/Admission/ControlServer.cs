using System.Net;

namespace MeshControl.Derp.Tests.Admission;

/// <summary>A control server that answers as a test wants it.</summary>
internal sealed class ControlServer(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    private int _open;

    /// <summary>What was asked, in order.</summary>
    public List<string> Questions { get; } = [];

    /// <summary>Questions that wait for an answer now.</summary>
    public int Open => Volatile.Read(ref _open);

    public static ControlServer Saying(string body, HttpStatusCode status = HttpStatusCode.OK) =>
        new((_, _) => Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body) }));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var question = $"{request.Method} {request.RequestUri} {request.Content!.Headers.ContentType} "
            + await request.Content.ReadAsStringAsync(cancellationToken);
        lock (Questions)
        {
            Questions.Add(question);
        }

        Interlocked.Increment(ref _open);
        try
        {
            return await answer(request, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
