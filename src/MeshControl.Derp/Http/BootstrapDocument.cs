using System.Buffers;
using System.Collections.Frozen;
using System.Net;
using System.Text.Json;

namespace MeshControl.Derp.Http;

/// <summary>Names and their addresses as JSON, written once: all of them, and each alone. Immutable.</summary>
internal sealed class BootstrapDocument
{
    private readonly ReadOnlyMemory<byte> _all;
    private readonly FrozenDictionary<string, ReadOnlyMemory<byte>> _single;

    /// <param name="hosts">Those without addresses are left out.</param>
    public BootstrapDocument(IReadOnlyDictionary<string, IPAddress[]> hosts)
    {
        var known = hosts.Where(host => host.Value.Length > 0).OrderBy(host => host.Key, StringComparer.Ordinal).ToArray();
        _all = Write(known);
        _single = known.ToFrozenDictionary(host => host.Key, host => Write([host]), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The answer to a question: that name alone if it is one of ours, everything else.</summary>
    public ReadOnlyMemory<byte> Answer(string? question) =>
        question is not null && _single.TryGetValue(question, out var single) ? single : _all;

    private static ReadOnlyMemory<byte> Write(IEnumerable<KeyValuePair<string, IPAddress[]>> hosts)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, addresses) in hosts)
            {
                json.WriteStartArray(name);
                foreach (var address in addresses)
                {
                    json.WriteStringValue(address.ToString());
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
