using MeshControl.Core.Nodes;
using MeshControl.Core.Tailnets;
using MeshControl.Protocol.Control;
using MeshControl.Server.Listeners;
using MeshControl.Server.Noise;
using MeshControl.Server.Polling;
using Microsoft.AspNetCore.Http;

namespace MeshControl.Server.Machine;

/// <summary>
/// <c>POST /machine/map</c>, which is four requests in one:
/// <code>
/// Stream              OmitPeers             what the client wants
/// true                                      the map and everything that changes, until one side leaves
/// false               true                  to tell what changed at its side: answered at once, with an empty body
/// false               false                 one map
/// false, ReadOnly     true                  one map, and nothing stored
/// </code>
/// </summary>
internal sealed class MapHandler(ControlPlane controlPlane, MapStreams streams, RequestBodies bodies)
{
    public async Task HandleAsync(HttpContext context, INoisePeer peer, MachineRequest asked) => await await BeginAsync(context, peer, asked);

    /// <summary>Reads the request and begins to answer it.</summary>
    /// <returns>The rest of the answer. Streams go on for days, so whoever waits for that has kept nothing of the request.</returns>
    private async Task<Task> BeginAsync(HttpContext context, INoisePeer peer, MachineRequest asked)
    {
        if (await bodies.ReadAsync<MapRequest>(context) is not { } request)
        {
            return Task.CompletedTask;
        }

        if (!CapabilityVersions.IsSupported(request.Version))
        {
            await HttpText.WriteAsync(context, StatusCodes.Status400BadRequest, CapabilityVersions.DescribeMinimum);
            return Task.CompletedTask;
        }

        // Somebody else's node key must look the same as none: knowing it grants nothing, not even that it exists.
        var tailnet = controlPlane.FindByNodeKey(request.NodeKey);
        if (tailnet is null
            || !tailnet.Snapshot.Nodes.TryGet(request.NodeKey, out var entry)
            || entry.Node.MachineKey != peer.MachineKey)
        {
            await HttpText.WriteAsync(context, StatusCodes.Status404NotFound, "node not found");
            return Task.CompletedTask;
        }

        // What one channel may make the server render and hold is bounded, so the number of a machine's channels has to be, too.
        if (context.Features.Get<ConnectionTicket>()?.Prove(peer.MachineKey) == false)
        {
            await HttpText.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "this machine has too many connections open");
            return Task.CompletedTask;
        }

        asked.Kind = request.Stream ? MachineRequestKind.MapStream
            : !request.OmitPeers || request.ReadOnly ? MachineRequestKind.MapOnce
            : MachineRequestKind.MapUpdate;
        if (!request.ReadOnly && UpdateNodeCommand.WouldChange(entry, request))
        {
            var update = await tailnet.ExecuteAsync(new UpdateNodeCommand(entry.Id, request), context.RequestAborted);
            if (!update.TryGetValue(out _, out var error))
            {
                await HttpText.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, error.Message);
                return Task.CompletedTask;
            }
        }

        return asked.Kind switch
        {
            MachineRequestKind.MapStream => streams.RunAsync(context, tailnet, entry, request),
            MachineRequestKind.MapOnce => streams.WriteOnceAsync(context, tailnet, entry.Id, request),
            _ => Task.CompletedTask,
        };
    }
}
