using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Keys;

/// <summary>One of the records inside <see cref="ServerOptions"/>, so that its keys need not spell out the way there.</summary>
internal sealed class KeySection<TSection>(Func<ServerOptions, TSection> get, Func<ServerOptions, TSection, ServerOptions> set)
{
    public UsedKey Key<T>(
        string path,
        ValueKind<T> kind,
        Func<TSection, T> read,
        Func<TSection, T, TSection> write,
        string description,
        string? alternative = null,
        bool reloadable = false)
    {
        return new BoundKey<T>(path, kind, options => read(get(options)), Write, description)
        {
            Alternative = alternative,
            IsReloadable = reloadable,
        };

        ServerOptions Write(ServerOptions options, T value) => set(options, write(get(options), value));
    }
}
