using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MeshControl.Server.Listeners;

/// <summary>Tells by which listener a connection came. A connection feature, shared by all connections of the listener.</summary>
internal sealed record ListenerMark(ListenerKind Kind)
{
    /// <summary>The kind of listener that a request came by.</summary>
    /// <exception cref="InvalidOperationException">A listener was not marked.</exception>
    public static ListenerKind Of(HttpContext context) =>
        context.Features.Get<ListenerMark>()?.Kind ?? throw new InvalidOperationException("The request came by a listener without a mark.");

    /// <summary>Marks every connection that <paramref name="listener"/> accepts.</summary>
    public static void Apply(ListenOptions listener, ListenerKind kind)
    {
        var mark = new ListenerMark(kind);
        listener.Use(next => connection =>
        {
            connection.Features.Set(mark);
            return next(connection);
        });
    }
}
