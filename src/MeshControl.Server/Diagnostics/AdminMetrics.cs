using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Text.Json;
using MeshControl.Admin.Grpc;
using MeshControl.Server.Rpc;

namespace MeshControl.Server.Diagnostics;

/// <summary>What administrators call, how long that takes and what comes of it.</summary>
internal sealed class AdminMetrics
{
    private static readonly FrozenDictionary<RpcStatusCode, string> Codes = Enum.GetValues<RpcStatusCode>()
        .ToFrozenDictionary(code => code, code => JsonNamingPolicy.SnakeCaseLower.ConvertName(code.ToString()));

    private readonly Counter<long> _calls;
    private readonly Histogram<double> _durations;

    public AdminMetrics(Meter meter)
    {
        _calls = meter.CreateCounter<long>(
            "meshcontrol.admin.calls", null, "Calls of the administration API, by method and gRPC status; a stream counts when it ends.");
        _durations = meter.CreateHistogram<double>(
            "meshcontrol.admin.call.duration", "s", "How long calls of the administration API took, by method; streams are not among them.");
    }

    /// <param name="method">Null for one that the contract does not have.</param>
    /// <param name="seconds">Until the status was known.</param>
    /// <param name="code">What came of it.</param>
    public void Answered(RpcMethodHandler? method, double seconds, RpcStatusCode code)
    {
        var name = new KeyValuePair<string, object?>("method", method?.Name ?? "unknown");
        _calls.Add(1, name, new KeyValuePair<string, object?>("code", Codes.GetValueOrDefault(code, "unknown")));
        if (method is { IsStream: false })
        {
            _durations.Record(seconds, name);
        }
    }
}
