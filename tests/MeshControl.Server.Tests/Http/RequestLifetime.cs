using Microsoft.AspNetCore.Http.Features;

namespace MeshControl.Server.Tests.Http;

/// <summary>A request's token, and how often the server aborted it.</summary>
internal sealed class RequestLifetime : IHttpRequestLifetimeFeature, IDisposable
{
    private readonly CancellationTokenSource _source = new();

    public int Aborts { get; private set; }

    public CancellationToken RequestAborted
    {
        get => _source.Token;
        set => throw new NotSupportedException();
    }

    public void Abort()
    {
        Aborts++;
        _source.Cancel();
    }

    public void Dispose() => _source.Dispose();
}
