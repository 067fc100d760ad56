using System.Globalization;
using MeshControl.Core.Maps;
using MeshControl.Core.Model;
using MeshControl.Core.Policies;
using MeshControl.Core.Storage;
using MeshControl.Core.Tailnets;
using MeshControl.Core.Tests.Support;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Core.Tests.Maps;

/// <summary>
/// Random changes, and sessions that read at random moments: whatever the interleaving, a client that applied all messages
/// knows what one knows that asks for the whole map now.
/// </summary>
public sealed class MapOracleTests
{
    private const string RunsVariable = "MESHCONTROL_ORACLE_RUNS";
    private const int DefaultRuns = 200;
    private const int Steps = 250;
    private const int MaxSessions = 5;

    /// <summary>Each with a seed of its own, from 0 on.</summary>
    private static int Runs =>
        int.TryParse(Environment.GetEnvironmentVariable(RunsVariable), CultureInfo.InvariantCulture, out var wanted) ? wanted : DefaultRuns;

    [Fact]
    [Trait("Acceptance", "TestUpdateSentPeers")]
    public void Deltas_AnyInterleaving_EqualTheWholeMap()
    {
        for (var seed = 0; seed < Runs; seed++)
        {
            using var run = new Run(seed);
            run.Walk(Steps);
            run.Check();
        }
    }

    [Fact]
    public void Deltas_AnyInterleavingUnderPolicies_EqualTheWholeMap()
    {
        for (var seed = 0; seed < Runs; seed++)
        {
            using var run = new Run(seed) { HasPolicies = true };
            run.Walk(Steps);
            run.Check();
        }
    }

    private sealed class Run : IDisposable
    {
        private static readonly string[] Policies =
        [
            "{}",
            """{"acls": []}""",
            """{"tagOwners": {"tag:a": []}, "acls": [{"action": "accept", "src": ["autogroup:member"], "dst": ["tag:a:22", "autogroup:self:*"]}]}""",
            """{"tagOwners": {"tag:a": []}, "acls": [{"action": "accept", "src": ["tag:a"], "dst": ["user1@:22"]}, {"action": "accept", "src": ["user2@"], "dst": ["*:80"]}]}""",
            """{"acls": [{"action": "accept", "src": ["autogroup:admin"], "dst": ["*:*"]}], "nodeAttrs": [{"target": ["autogroup:admin"], "attr": ["disable-ipv4", "funnel"]}]}""",
            """{"tagOwners": {"tag:a": []}, "grants": [{"src": ["tag:a"], "dst": ["autogroup:member"], "app": {"tailscale.com/cap/drive": [{}]}}], "disableIPv4": true}""",
            """{"tagOwners": {"tag:a": []}, "ssh": [{"action": "accept", "src": ["autogroup:member"], "dst": ["tag:a", "autogroup:self"], "users": ["root"]}, {"action": "check", "src": ["user1@"], "dst": ["tag:a"], "users": ["ops"]}]}""",
            """{"tagOwners": {"tag:a": []}, "acls": [{"action": "accept", "src": ["one@mail.test"], "dst": ["tag:a:22"]}, {"action": "accept", "src": ["user2@"], "dst": ["user:*@mail.test:443"]}]}""",
            """{"postures": {"posture:mac": ["node:os == 'macos'", "node:tsVersion >= '1.90'"]}, "acls": [{"action": "accept", "src": ["autogroup:member"], "srcPosture": ["posture:mac"], "dst": ["*:*"]}]}""",
            """{"postures": {"posture:new": ["node:tsReleaseTrack == 'stable'"]}, "defaultSrcPosture": ["posture:new"], "tagOwners": {"tag:a": []}, "grants": [{"src": ["user1@"], "dst": ["autogroup:self", "tag:a"], "ip": ["tcp:22"]}]}""",
        ];

        private static readonly string?[] Emails = [null, "one@mail.test", "two@mail.test", "one@other.test"];
        private static readonly string[] OperatingSystems = ["linux", "macOS", "iOS"];
        private static readonly string[] ClientVersions = ["1.88.4", "1.90.9-t1", "1.91.2"];

        private readonly int _seed;
        private readonly Random _random;
        private readonly SteppedTailnet _tailnet = new(Seeds.WithNodes(6));
        private readonly Dictionary<MapSession, SimulatedClient?> _clients = [];
        private TailnetSnapshot? _older;
        private int _nextNode = 100;
        private int _fresh = 1000;

        public Run(int seed) => (_seed, _random) = (seed, new Random(seed));

        public bool HasPolicies { get; init; }

        public void Dispose() => _tailnet.Dispose();

        public void Walk(int steps)
        {
            for (var step = 0; step < steps; step++)
            {
                _tailnet.Time.Advance(TimeSpan.FromSeconds(_random.Next(3)));
                switch (_random.Next(12))
                {
                    case 0 when _tailnet.Snapshot.Nodes.Count > 0:
                        Open();
                        break;
                    case < 6:
                        _older = _random.Next(3) == 0 || _older is null ? _tailnet.Snapshot : _older;
                        _tailnet.Publish(_random.Next(20) == 0 ? AdoptWhatAnotherWrote : EditSome);
                        break;
                    case < 8:
                        _tailnet.WhileTelling = () => Read(_random.Next(3) == 0 ? Any(_clients.Keys) : null);
                        _tailnet.Tell();
                        _tailnet.WhileTelling = null;
                        break;
                    default:
                        Read(Any(_clients.Keys));
                        break;
                }
            }
        }

        /// <summary>Lets all sessions catch up and compares.</summary>
        public void Check()
        {
            _tailnet.Tell();
            foreach (var session in _clients.Keys.ToArray())
            {
                Read(session);
                Read(session);
                if (session.End != SessionEnd.None)
                {
                    continue;
                }

                Assert.Null(session.Next());
                Compare(session, _clients[session]!);
            }
        }

        private void Open()
        {
            if (_clients.Count >= MaxSessions)
            {
                var oldest = _clients.Keys.First();
                _tailnet.Close(oldest);
                _clients.Remove(oldest);
            }

            var session = _tailnet.Open((int)AnyEntry(_tailnet.Snapshot).Id.Value);
            _clients[session] = null;
        }

        private void Read(MapSession? session)
        {
            if (session is null)
            {
                return;
            }

            var client = _clients[session];
            var message = client is null ? session.First() : session.Next();
            if (message is null)
            {
                return;
            }

            _clients[session] = client ??= new SimulatedClient();
            client.Apply(message);
        }

        private void Compare(MapSession session, SimulatedClient client)
        {
            var expected = _tailnet.FullFor(session);
            var context = $"seed {_seed}, viewer {session.NodeId}";
            Assert.True(
                expected.Peers!.Select(peer => peer.Id).Order().SequenceEqual(client.Peers.Keys),
                $"{context}: {string.Join(',', client.Peers.Keys)} is shown instead of {string.Join(',', expected.Peers!.Select(peer => peer.Id).Order())}");
            foreach (var peer in expected.Peers!)
            {
                var ignored = client.LastSeenUnknown.Contains(peer.Id);
                var (want, have) = (Normal(peer, ignored), Normal(client.Peers[peer.Id], ignored));
                Assert.True(want == have, $"{context}, peer {peer.Id}: {Differences(want, have)}");
            }

            var self = client.Self!;
            Assert.Equal(
                (expected.Node!.Name, expected.Node.Key, expected.Node.KeyExpiry, expected.Node.User, expected.Node.Tags),
                (self.Name, self.Key, self.KeyExpiry, self.User, self.Tags));
            Assert.Equal(
                (expected.Node.Addresses, expected.Node.AllowedIps, expected.Node.CapMap, expected.Node.MachineAuthorized),
                (self.Addresses, self.AllowedIps, self.CapMap, self.MachineAuthorized));
            var whole = new SimulatedClient();
            whole.Apply(expected);
            Assert.True(
                whole.Filter.SequenceEqual(client.Filter),
                $"{context}: the filter is {string.Join(", ", client.Filter)} instead of {string.Join(", ", whole.Filter)}");
            Assert.True(expected.SshPolicy == client.Ssh, $"{context}: SSH is {client.Ssh} instead of {expected.SshPolicy}");
            Assert.All(expected.UserProfiles!, profile => Assert.Equal(profile, client.Profiles[profile.Id]));
            Assert.Equal((expected.DnsConfig, expected.DerpMap), (client.Dns, client.DerpMap));
        }

        private static string Differences(MapNode want, MapNode have) => string.Join("; ", typeof(MapNode).GetProperties()
            .Select(property => (property.Name, Want: property.GetValue(want), Have: property.GetValue(have)))
            .Where(values => !Equals(values.Want, values.Have))
            .Select(values => $"{values.Name} is {values.Have ?? "null"} instead of {values.Want ?? "null"}"));

        /// <summary>Without what means nothing: when an online peer was last seen, and how "no endpoints" is written.</summary>
        private static MapNode Normal(MapNode node, bool ignoreLastSeen) => node with
        {
            LastSeen = node.Online == true || ignoreLastSeen ? null : node.LastSeen,
            Endpoints = node.Endpoints ?? [],
        };

        private void EditSome(TailnetDraft draft)
        {
            for (var count = _random.Next(1, 5); count > 0; count--)
            {
                EditOne(draft);
            }
        }

        private void EditOne(TailnetDraft draft)
        {
            if (draft.Snapshot.Nodes.Count < 2 || _random.Next(8) == 0)
            {
                var id = _nextNode++;
                var owner = _random.Next(3) == 0 ? NewUser(draft) : Any(draft.Snapshot.Users.Keys);
                draft.Add(Make.Node(id) with { Owner = owner, DiscoKey = _random.Next(2) == 0 ? default : Make.Disco(id), NeedsApproval = _random.Next(3) == 0 });
                return;
            }

            if (HasPolicies && _random.Next(6) == 0)
            {
                EditAccess(draft);
                return;
            }

            var entry = AnyEntry(draft.Snapshot);
            var (node, presence) = (entry.Node, entry.Presence);
            switch (_random.Next(18))
            {
                case 0:
                    draft.Remove(entry);
                    break;
                case 1:
                    draft.Update(entry, node with { DiscoKey = Make.Disco(_fresh++) });
                    break;
                case 2:
                    draft.Update(entry, presence: presence with { Endpoints = [.. Enumerable.Range(0, _random.Next(3)).Select(_ => Make.Endpoint(_random.Next(1, 9)))] });
                    break;
                case 3:
                    draft.Update(entry, presence: presence with { HomeDerp = _random.Next(1, 4) });
                    break;
                case 4 or 5:
                    draft.Update(entry, presence: presence.Online
                        ? presence with { Online = false, LastSeen = _tailnet.Time.GetUtcNow() }
                        : presence with { Online = true, LastSeen = _tailnet.Time.GetUtcNow() });
                    break;
                case 6:
                    draft.Update(entry, node with { Hostinfo = node.Hostinfo with { OsVersion = $"{_fresh++}", ShieldsUp = _random.Next(2) == 0 } });
                    break;
                case 7:
                    Swap(draft, entry, AnyEntry(draft.Snapshot));
                    break;
                case 8:
                    draft.Update(entry, node with { NodeKey = Make.NodeKey(_fresh++) });
                    break;
                case 9:
                    draft.Update(entry, node with { Expiry = _random.Next(2) == 0 ? null : Make.Created.AddYears(_random.Next(5)) });
                    break;
                case 10:
                    draft.Update(entry, node.IsTagged
                        ? node with { Tags = [], Owner = Any(draft.Snapshot.Users.Keys) }
                        : node with { Tags = ["tag:a"], Owner = null });
                    break;
                case 11:
                    draft.Update(entry, node with { CapabilityVersion = _random.Next(100, 140) });
                    break;
                case 12:
                    EditUser(draft, draft.Snapshot.Users[Any(draft.Snapshot.Users.Keys)]);
                    break;
                case 13 or 14:
                    draft.Update(entry, node with
                    {
                        Hostinfo = node.Hostinfo with { Os = Any(OperatingSystems), IpnVersion = Any(ClientVersions) },
                    });
                    break;
                case 15:
                    draft.Update(entry, node with { Hostinfo = node.Hostinfo with { Services = Services() } });
                    break;
                case 16:
                    draft.Update(entry, node with { NeedsApproval = false });
                    break;
                default:
                    draft.Apply(EditSettings(draft.Snapshot.Settings));
                    break;
            }
        }

        /// <summary>What another server wrote meanwhile, read from the database: nothing of it is known here but the outcome.</summary>
        private void AdoptWhatAnotherWrote(TailnetDraft draft)
        {
            using var ids = new IdAllocator(new FakeStore());
            var other = new TailnetDraft(draft.Snapshot, ids, draft.Now);
            EditSome(other);
            var (written, _) = other.Finish(committed: true);
            draft.Adopt(new StoredTailnet(written.Id, "default", written.Sequence)
            {
                Users = [.. written.Users.Values],
                Nodes = [.. written.Nodes.Select(entry => entry.Node).OrderBy(_ => _random.Next())],
                Presence = written.Nodes.ToDictionary(entry => entry.Id, entry => entry.Presence with { Online = false }),
                Policy = written.Policy,
            });
        }

        private void EditUser(TailnetDraft draft, User user)
        {
            switch (_random.Next(4))
            {
                case 0:
                    draft.Put(user with { DisplayName = $"Name {_fresh++}" });
                    break;
                case 1:
                    var email = Any(Emails);
                    var isFree = email is null || draft.Snapshot.Users.Values.All(other => other.Email != email);
                    draft.Put(user with { Email = isFree ? email : $"u{_fresh++}@mail.test" });
                    break;
                case 2:
                    draft.Put(user with { Name = $"user{_fresh++}" });
                    break;
                default:
                    draft.Put(user with { PictureUrl = _random.Next(2) == 0 ? null : $"https://pictures.test/{_fresh++}" });
                    break;
            }
        }

        private TailnetSettings EditSettings(TailnetSettings settings) => _random.Next(6) switch
        {
            0 => settings with { Dns = new DnsSettings { SearchDomains = [$"d{_fresh++}.test"] } },
            1 => settings with { Dns = settings.Dns with { MagicDns = !settings.Dns.MagicDns } },
            2 => settings with { Dns = settings.Dns with { GlobalResolvers = _random.Next(2) == 0 ? [] : [$"192.0.2.{_random.Next(1, 9)}"] } },
            3 => settings with
            {
                DerpMap = new DerpMap
                {
                    Regions = WireMap.CopyOf(Enumerable.Range(900, _random.Next(3)).Select(id =>
                        KeyValuePair.Create<int, DerpRegion?>(id, new DerpRegion { RegionId = id, RegionCode = $"r{_fresh++}" }))),
                },
            },
            4 => settings with { Taildrop = !settings.Taildrop },
            _ => settings with { AutoUpdate = !settings.AutoUpdate },
        };

        private WireList<Service> Services() =>
            [.. Enumerable.Range(0, _random.Next(3)).Select(_ => new Service { Proto = ServiceProtocols.PeerApi4, Port = (ushort)_random.Next(1, 9) })];

        /// <summary>A new policy, which may have been compiled some time ago, or another role for a user.</summary>
        private void EditAccess(TailnetDraft draft)
        {
            if (_random.Next(2) == 0)
            {
                draft.Put(draft.Snapshot.Users[Any(draft.Snapshot.Users.Keys)] with { Role = (UserRole)_random.Next(3) });
                return;
            }

            var text = Any(Policies)!;
            var file = PolicyBuilder.Read(text, draft.Snapshot.Settings).Value;
            var version = (draft.Snapshot.Policy?.Version ?? 0) + 1;
            draft.Put(new StoredPolicy(version, text, Make.Created, "test"), PolicyWorld.Compile(file, _older!), _older!);
        }

        private static void Swap(TailnetDraft draft, NodeEntry left, NodeEntry right)
        {
            if (left.Id == right.Id)
            {
                return;
            }

            var (first, second) = (left.Node, right.Node);
            draft.Update(left, first with { GivenName = second.GivenName, IPv4 = second.IPv4, IPv6 = second.IPv6 });
            draft.Update(right, second with { GivenName = first.GivenName, IPv4 = first.IPv4, IPv6 = first.IPv6 });
        }

        private UserId NewUser(TailnetDraft draft)
        {
            var user = Make.User(_fresh++);
            draft.Put(user);
            return user.Id;
        }

        private NodeEntry AnyEntry(TailnetSnapshot snapshot) => snapshot.Nodes.ElementAt(_random.Next(snapshot.Nodes.Count));

        private T? Any<T>(IEnumerable<T> items)
        {
            var all = items.ToArray();
            return all.Length == 0 ? default : all[_random.Next(all.Length)];
        }
    }
}
