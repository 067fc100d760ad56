using System.Text;
using System.Text.Json;
using MeshControl.Core.Model;
using MeshControl.Core.Naming;
using MeshControl.Core.Nodes;
using MeshControl.Core.Tailnets;
using MeshControl.Fuzz.Engine;
using MeshControl.Fuzz.Mutations;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Keys;

namespace MeshControl.Fuzz.Targets;

/// <summary>Requests inside a channel: parsed, and if they parse, what the server does next with them in pure code.</summary>
public sealed class JsonTarget : FuzzTarget
{
    private const int MaxInput = 16 * 1024;

    private static readonly (string Path, string Json)[] Others =
    [
        ("/machine/update-health", """{"Subsys":"dns","Error":"no route","NodeKey":"nodekey:01","Version":130}"""),
        ("/machine/set-dns", """{"Version":130,"NodeKey":"nodekey:01","Name":"_acme.a.b","Type":"TXT","Value":"x"}"""),
        ("/machine/id-token", """{"CapVersion":130,"NodeKey":"nodekey:01","Audience":"a"}"""),
        ("/machine/audit-log", """{"Version":130,"NodeKey":"nodekey:01","Action":"a","Details":"b","Timestamp":"2026-01-01T00:00:00Z"}"""),
        ("/machine/set-device-attr", """{"Version":130,"NodeKey":"nodekey:01","Update":{"a":null,"b":1}}"""),
        ("/machine/feature/query", """{"Feature":"serve","NodeKey":"nodekey:01"}"""),
        ("/machine/ssh/notify", """{"EventType":1,"ConnectionID":"a","CapVersion":130,"NodeKey":"nodekey:01","SrcNode":2}"""),
        ("derp", """{"NodePublic":"nodekey:01","Source":"1.2.3.4"}"""),
    ];

    private readonly IReadOnlyList<(string Path, byte[] Json)> _corpus;
    private readonly ByteMutator _input = new(MaxInput);
    private readonly NodeEntry _entry;

    public JsonTarget()
    {
        var key = $"nodekey:{new string('1', 64)}";
        var others = Others
            .Select(other => (other.Path, Encoding.UTF8.GetBytes(other.Json.Replace("nodekey:01", key, StringComparison.Ordinal))))
            .ToList();

        // Long documents are not better ones, only slower.
        _corpus = [.. Recorded.Bodies("request").Where(body => body.Json.Length <= 2048), .. others, .. others];
        var hostinfo = new Hostinfo { Hostname = "host", Os = "linux" };
        var node = new Node
        {
            Id = new NodeId(1),
            MachineKey = MachinePublicKey.Parse($"mkey:{new string('2', 64)}"),
            NodeKey = NodePublicKey.Parse(key),
            GivenName = "host",
            Hostinfo = hostinfo,
            CreatedAt = DateTimeOffset.UnixEpoch,
        };
        _entry = new NodeEntry(0, node, NodePresence.None);
    }

    public override string Name => "json";

    // A list of a few thousand short elements, read four times, is what this is for.
    public override long MaxAllocated => 8 * 1024 * 1024;

    public override void Run(FuzzRandom random, Tally tally)
    {
        var (path, json) = random.Pick(_corpus);
        var other = random.Pick(_corpus).Json;
        _input.Load(json);
        var mutations = random.Below(4);
        for (var i = 0; i < mutations; i++)
        {
            JsonMutator.Mutate(_input, random, other);
        }

        if (random.OneIn(8))
        {
            _input.Mutate(random, other);
        }

        switch (path)
        {
            case "/machine/register":
                if (Check<RegisterRequest>(random, tally) is { } register)
                {
                    UseRegister(register);
                }

                break;
            case "/machine/map":
                if (Check<MapRequest>(random, tally) is { } map)
                {
                    UseMap(map, tally);
                }

                break;
            case "/machine/update-health":
                Check<UpdateHealthRequest>(random, tally);
                break;
            case "/machine/set-dns":
                Check<SetDnsRequest>(random, tally);
                break;
            case "/machine/id-token":
                Check<IdTokenRequest>(random, tally);
                break;
            case "/machine/audit-log":
                Check<AuditLogRequest>(random, tally);
                break;
            case "/machine/set-device-attr":
                Check<SetDeviceAttributesRequest>(random, tally);
                break;
            case "/machine/feature/query":
                Check<FeatureQueryRequest>(random, tally);
                break;
            case "/machine/ssh/notify":
                Check<SshEventNotifyRequest>(random, tally);
                break;
            default:
                Check<DerpVerifyRequest>(random, tally);
                break;
        }
    }

    private static void UseRegister(RegisterRequest request)
    {
        UseVersion(request.Version);
        UseHostinfo(request.Hostinfo);
    }

    private void UseMap(MapRequest request, Tally tally)
    {
        UseVersion(request.Version);
        UseHostinfo(request.Hostinfo);
        foreach (var stream in (ReadOnlySpan<bool>)[true, false])
        {
            var changes = UpdateNodeCommand.WouldChange(_entry, request with { Stream = stream });
            tally.Count(changes ? "map: changes its node" : "map: changes nothing");
        }
    }

    private static void UseVersion(int version)
    {
        if (!CapabilityVersions.IsSupported(version))
        {
            CapabilityVersions.ReleaseOf(version);
        }
    }

    private static void UseHostinfo(Hostinfo? hostinfo)
    {
        if (hostinfo is null)
        {
            return;
        }

        // As it is stored, and read back at the next start.
        var durable = NodeUpdates.Durable(hostinfo);
        var stored = ControlJson.SerializeToUtf8Bytes(durable);
        RuleBrokenException.Require(ControlJson.Parse<Hostinfo>(stored) == durable, "a Hostinfo is another one after a restart");
        RuleBrokenException.Require(stored.AsSpan().IndexOf((byte)0) < 0, "a database would be given NUL");
        if (hostinfo.Hostname is { } hostname)
        {
            RuleBrokenException.Require(!hostname.Contains('\0', StringComparison.Ordinal), "a host name holds NUL");
            var label = GivenNames.Unique(NodeTable.Empty, hostname);
            RuleBrokenException.Require(GivenNames.Check(label) is null, $"'{label}' is no name for a node");
        }
    }

    private T? Check<T>(FuzzRandom random, Tally tally)
        where T : class, IControlMessage
    {
        T message;
        try
        {
            message = ControlJson.Parse<T>(_input.Span);
        }
        catch (JsonException)
        {
            // Being refused is the dearest way out, so the second way to it is looked at now and then.
            RuleBrokenException.Require(!random.OneIn(16) || !Parses<T>(random), "pieces are read that the whole is not");
            tally.Count("refused");
            return null;
        }

        RuleBrokenException.Require(
            !random.OneIn(4) || message.Equals(ControlJson.Parse<T>(Segments.Cut(_input.Memory, random))),
            "pieces are read as another message");
        var written = ControlJson.SerializeToUtf8Bytes(message);
        var again = ControlJson.Parse<T>(written);
        RuleBrokenException.Require(message.Equals(again), "a message is another one after it was written and read");
        RuleBrokenException.Require(
            !random.OneIn(4) || ControlJson.SerializeToUtf8Bytes(again).AsSpan().SequenceEqual(written),
            "a message is written in two ways");
        tally.Count($"{typeof(T).Name}: read");
        return message;
    }

    private bool Parses<T>(FuzzRandom random)
        where T : class, IControlMessage
    {
        try
        {
            ControlJson.Parse<T>(Segments.Cut(_input.Memory, random));
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
