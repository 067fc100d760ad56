namespace MeshControl.Derp.Relay;

/// <summary>
/// What one reader has filled since it last flushed. A reader that has worked through everything that came in one read flushes all of them,
/// so that many packets for one destination become one TLS record and one system call. Owned by its reader.
/// </summary>
internal sealed class FlushList
{
    /// <summary>So many destinations at once; then they are flushed early.</summary>
    private const int Places = 32;

    // Made when first needed: most connections are silent.
    private IFlushTarget[]? _targets;
    private List<IPacketForwarder>? _forwarders;
    private int _count;

    public void Add(IFlushTarget target)
    {
        if (_count == Places)
        {
            FlushAll();
        }

        (_targets ??= new IFlushTarget[Places])[_count++] = target;
    }

    /// <summary>For targets that do not know themselves whether they are listed.</summary>
    public void AddOnce(IFlushTarget target)
    {
        if (_targets is null || Array.IndexOf(_targets, target, 0, _count) < 0)
        {
            Add(target);
        }
    }

    /// <summary>A region has few relays: there is no limit but their number.</summary>
    public void AddOnce(IPacketForwarder forwarder)
    {
        _forwarders ??= [];
        if (!_forwarders.Contains(forwarder))
        {
            _forwarders.Add(forwarder);
        }
    }

    public void FlushAll()
    {
        for (var i = 0; i < _count; i++)
        {
            _targets![i].Flush();
            _targets[i] = null!;
        }

        _count = 0;
        if (_forwarders is { Count: > 0 } forwarders)
        {
            foreach (var forwarder in forwarders)
            {
                forwarder.Flush();
            }

            forwarders.Clear();
        }
    }
}
