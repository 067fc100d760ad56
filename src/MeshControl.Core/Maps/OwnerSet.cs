using MeshControl.Core.Model;

namespace MeshControl.Core.Maps;

/// <summary>Owners of nodes whose profile a client was told: users, and "nobody", which is the owner of tagged nodes.</summary>
internal sealed class OwnerSet
{
    /// <summary>
    /// Users with higher ids are never remembered: 8 KiB a stream are enough, and telling a profile again costs a client little.
    /// </summary>
    public const long MaxUserId = 65_535;

    /// <summary>One bit per id; ids begin with 1, so nobody is 0.</summary>
    private readonly NodeSet _ids = new();

    /// <summary>Also for one that is never remembered: it may have been told.</summary>
    public bool Contains(UserId owner) => owner.Value > MaxUserId || _ids.Contains((int)owner.Value);

    public void Remove(UserId? owner)
    {
        if (owner is not { Value: > MaxUserId })
        {
            _ids.Remove((int)(owner?.Value ?? 0));
        }
    }

    /// <returns>Whether it was not in the set.</returns>
    public bool Add(UserId? owner)
    {
        var id = owner?.Value ?? 0;
        if (id > MaxUserId)
        {
            return true;
        }

        if (_ids.Contains((int)id))
        {
            return false;
        }

        _ids.Add((int)id);
        return true;
    }
}
