using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Options;
using MeshControl.Server.Configuration.Text;

namespace MeshControl.Server.Configuration.Values;

/// <summary>A list of records, each with <c>name</c>, <c>type</c> (may be left out) and <c>value</c>.</summary>
internal sealed class ExtraRecordsKind()
    : ValueKind<IReadOnlyList<ExtraDnsRecord>>("a list of records with name, type and value", EnvironmentForm.None)
{
    private const string Remedy = "Write each record like {name: nas.example.com, type: A, value: 100.64.0.7}.";

    private static readonly string[] Fields = ["name", "type", "value"];

    public override bool TryRead(string path, ConfigNode node, LoadContext context, out IReadOnlyList<ExtraDnsRecord> value)
    {
        value = [];
        if (node is not SequenceNode sequence)
        {
            context.Error(path, node.Origin, $"Here stands {node.Shape}, but {Name} is expected.", Remedy);
            return false;
        }

        var records = new List<ExtraDnsRecord>();
        for (var i = 0; i < sequence.Items.Count; i++)
        {
            if (TryReadRecord($"{path}[{i}]", sequence.Items[i], context, out var record))
            {
                records.Add(record);
            }
        }

        value = records;
        return records.Count == sequence.Items.Count;
    }

    public override string Format(IReadOnlyList<ExtraDnsRecord> value) =>
        $"[{string.Join(", ", value.Select(record => $"{{name: {record.Name}, type: {TypeOf(record)}, value: \"{record.Value}\"}}"))}]";

    private static string TypeOf(ExtraDnsRecord record) => record.Value.AddressFamily == AddressFamily.InterNetwork ? "A" : "AAAA";

    private static bool TryReadRecord(string path, ConfigNode node, LoadContext context, [NotNullWhen(true)] out ExtraDnsRecord? record)
    {
        record = null;
        if (node is not MappingNode mapping)
        {
            context.Error(path, node.Origin, $"Here stands {node.Shape}, but a record is expected.", Remedy);
            return false;
        }

        var texts = ReadFields(path, mapping, context);
        if (texts is null)
        {
            return false;
        }

        if (!texts.TryGetValue("name", out var name) || !texts.TryGetValue("value", out var value))
        {
            return Complain("The record lacks its name or its value.", Remedy, out record);
        }

        var domain = DomainText.Parse(name, allowUnderscore: true);
        if (domain.Message is { } message)
        {
            return Complain(
                message,
                name.Contains('*', StringComparison.Ordinal) ? "Clients know no wildcards: write one record per name." : domain.Remedy,
                out record);
        }

        if (!AddressText.TryParse(value, out var address))
        {
            return Complain($"\"{value}\" is not an IP address.", "Only addresses can be answered.", out record);
        }

        record = new ExtraDnsRecord(domain.Value!, address);
        var type = texts.GetValueOrDefault("type", TypeOf(record));
        return string.Equals(type, TypeOf(record), StringComparison.OrdinalIgnoreCase)
            || Complain(
                $"The type \"{type}\" does not fit the value {value}.",
                $"Clients answer records of type A and AAAA; here it is {TypeOf(record)}.",
                out record);

        bool Complain(string message, string remedy, out ExtraDnsRecord? none)
        {
            none = null;
            context.Error(path, node.Origin, message, remedy);
            return false;
        }
    }

    private static Dictionary<string, string>? ReadFields(string path, MappingNode mapping, LoadContext context)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var sound = true;
        foreach (var entry in mapping.Entries)
        {
            if (!Fields.Contains(entry.Key))
            {
                context.Error($"{path}.{entry.Key}", entry.Origin, "There is no such key.", "A record has the keys name, type and value.");
                sound = false;
            }
            else if (!Kinds.Text.TryRead($"{path}.{entry.Key}", entry.Value, context, out var text))
            {
                sound = false;
            }
            else
            {
                texts[entry.Key] = text;
            }
        }

        return sound ? texts : null;
    }
}
