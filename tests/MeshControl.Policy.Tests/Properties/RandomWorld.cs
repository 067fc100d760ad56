using System.Globalization;
using System.Net;
using MeshControl.Policy.World;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Tests.Properties;

/// <summary>A tailnet made up from a seed, and what happens to it. Its indexes have gaps, and are more than one shard has.</summary>
internal sealed class RandomWorld
{
    private const int Indexes = 70;
    private const int FirstNodes = 9;
    private const int FirstUsers = 4;
    private const int FewestNodes = 4;

    private readonly Random _random;
    private readonly SortedDictionary<long, PolicyUser> _users = [];
    private readonly SortedDictionary<int, PolicyNode> _nodes = [];
    private long _lastNode;

    public RandomWorld(Random random)
    {
        _random = random;
        for (var user = 0; user < FirstUsers; user++)
        {
            Put(NewUser());
        }

        for (var node = 0; node < FirstNodes; node++)
        {
            Put(NewNode(FreeIndex()));
        }
    }

    public static PolicyTailnet Tailnet { get; } = new()
    {
        Prefixes = [IpPrefix.Parse("100.64.0.0/10"), IpPrefix.Parse("fd7a:115c:a1e0::/48")],
    };

    public static string[] Tags { get; } = ["tag:a", "tag:b", "tag:c", "tag:router"];

    public static string[] Routes { get; } = ["10.20.0.0/16", "10.20.5.0/24", "192.168.7.0/24", "fd00:20::/48"];

    public IEnumerable<PolicyUser> Users => _users.Values;

    public IEnumerable<PolicyNode> Nodes => _nodes.Values;

    /// <summary>Lets something happen, be it several things at once.</summary>
    public WorldChange Step()
    {
        var (users, removedUsers) = (new Dictionary<long, PolicyUser>(), new HashSet<long>());
        var (nodes, removedNodes) = (new Dictionary<int, PolicyNode>(), new HashSet<int>());
        for (var events = _random.Next(1, 4); events > 0; events--)
        {
            switch (_random.Next(10))
            {
                case 0:
                    Change(NewUser());
                    break;
                case 1:
                    var user = Pick(_users.Values);
                    Change(user with { Role = Role(), Email = _random.Next(3) == 0 ? Email(user.Id) : user.Email });
                    break;
                case 2 when _users.Values.FirstOrDefault(user => _nodes.Values.All(node => node.Owner != user.Id)) is { } unused:
                    _users.Remove(unused.Id);
                    users.Remove(unused.Id);
                    removedUsers.Add(unused.Id);
                    break;
                case 3 or 4 when _nodes.Count > FewestNodes:
                    var gone = Pick(_nodes.Keys);
                    _nodes.Remove(gone);
                    nodes.Remove(gone);
                    removedNodes.Add(gone);
                    break;
                case 5 or 6:
                    Place(NewNode(FreeIndex()));
                    break;
                case 7:
                    // One goes and another takes its place at once.
                    Place(NewNode(Pick(_nodes.Keys)));
                    break;
                default:
                    var node = Pick(_nodes.Values);
                    var other = NewNode(node.Index);
                    Place(_random.Next(3) switch
                    {
                        0 => node with { Owner = other.Owner, Tags = other.Tags },
                        1 => node with { AdvertisedRoutes = other.AdvertisedRoutes, ApprovedRoutes = other.ApprovedRoutes },
                        _ => node with { Attributes = other.Attributes },
                    });
                    break;
            }
        }

        return new WorldChange { Users = users.Values, RemovedUsers = removedUsers, Nodes = nodes.Values, RemovedNodes = removedNodes };

        void Change(PolicyUser user)
        {
            Put(user);
            users[user.Id] = user;
        }

        void Place(PolicyNode node)
        {
            Put(node);
            removedNodes.Remove(node.Index);
            nodes[node.Index] = node;
        }
    }

    private void Put(PolicyUser user) => _users[user.Id] = user;

    private void Put(PolicyNode node)
    {
        _nodes[node.Index] = node;
        _lastNode = Math.Max(_lastNode, node.Id);
    }

    private PolicyUser NewUser()
    {
        var id = _users.Count == 0 ? 1 : _users.Keys.Max() + 1;
        return new PolicyUser(id, "user" + id.ToString(CultureInfo.InvariantCulture), Email(id), Role());
    }

    private string Email(long id) =>
        string.Create(CultureInfo.InvariantCulture, $"user{id}@example.{(_random.Next(3) == 0 ? "org" : "com")}");

    private UserRole Role() => _random.Next(3) == 0 ? (UserRole)_random.Next(7) : UserRole.Member;

    private PolicyNode NewNode(int index)
    {
        var isTagged = _random.Next(2) == 0;
        string[] offered = [.. Routes.Where(_ => _random.Next(4) == 0)];
        if (_random.Next(6) == 0)
        {
            offered = [.. offered, "0.0.0.0/0", "::/0"];
        }

        var approved = offered.Where(_ => _random.Next(4) > 0);
        var number = index + 1;
        var node = new PolicyNode
        {
            Index = index,
            Id = _lastNode + 1,
            Owner = isTagged ? null : Pick(_users.Keys),
            Tags = isTagged ? [.. Tags.Where(_ => _random.Next(3) == 0).DefaultIfEmpty(Tags[0])] : [],
            IPv4 = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"100.64.0.{number}")),
            IPv6 = IPAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"fd7a:115c:a1e0::{number:x}")),
            AdvertisedRoutes = [.. offered.Select(IpPrefix.Parse)],
            ApprovedRoutes = [.. approved.Select(IpPrefix.Parse)],
        };
        return _random.Next(3) switch
        {
            0 => node with { Attributes = node.Attributes.Add("node:os", RawJson.FromString("macos")) },
            1 => node with { Attributes = node.Attributes.Add("node:os", RawJson.FromString("linux")) },
            _ => node,
        };
    }

    private int FreeIndex()
    {
        var index = _random.Next(Indexes);
        while (_nodes.ContainsKey(index))
        {
            index = (index + 1) % Indexes;
        }

        return index;
    }

    private T Pick<T>(IEnumerable<T> items)
    {
        var list = items.ToArray();
        return list[_random.Next(list.Length)];
    }
}
