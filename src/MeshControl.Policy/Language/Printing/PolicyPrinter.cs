using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MeshControl.Protocol.Control;

namespace MeshControl.Policy.Language.Printing;

/// <summary>
/// Writes a policy in one form, so that two that mean the same look the same: known sections in a fixed order, names sorted, rules in their
/// own order, defaults left out. What is printed is read back as the same policy. Comments are not part of it.
/// </summary>
public static class PolicyPrinter
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Indented = true,
        NewLine = "\n",
    };

    public static string Print(PolicyFile file)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            WriteNames(writer, file);
            WriteRules(writer, file);
            WriteSettings(writer, file);
            WriteTests(writer, file);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void WriteNames(Utf8JsonWriter writer, PolicyFile file)
    {
        WriteTable(writer, "groups", file.Groups, members => members.Select(Text));
        if (file.Hosts.Count > 0)
        {
            writer.WriteStartObject("hosts");
            foreach (var (name, prefix) in Sorted(file.Hosts))
            {
                writer.WriteString(name, new PrefixAlias(prefix).ToString());
            }

            writer.WriteEndObject();
        }

        WriteTable(writer, "tagOwners", file.TagOwners, owners => owners.Select(Text));
        WriteTable(writer, "ipsets", file.IpSets, prefixes => prefixes.Select(prefix => prefix.ToString()));
        WriteTable(writer, "postures", file.Postures, conditions => conditions.Select(PostureConditions.Format));
        WriteList(writer, "defaultSrcPosture", file.DefaultSourcePostures);
    }

    private static void WriteRules(Utf8JsonWriter writer, PolicyFile file)
    {
        WriteEntries(writer, "acls", file.Acls, WriteAcl);
        WriteEntries(writer, "grants", file.Grants, WriteGrant);
        WriteEntries(writer, "ssh", OrAbsent(file.Ssh), WriteSsh);
        WriteEntries(writer, "nodeAttrs", OrAbsent(file.NodeAttributes), WriteNodeAttributes);
        WriteAutoApprovers(writer, file.AutoApprovers);
    }

    private static void WriteSettings(Utf8JsonWriter writer, PolicyFile file)
    {
        WriteFlag(writer, "randomizeClientPort", file.RandomizeClientPort);
        WriteFlag(writer, "disableIPv4", file.DisableIPv4);
        if (file.OneCgnatRoute.Length > 0)
        {
            writer.WriteString("OneCGNATRoute", file.OneCgnatRoute);
        }

        if (file.DerpMap is { } map)
        {
            DerpMapPrinter.Write(writer, map, file.RemovedDerpRegions);
        }
    }

    private static void WriteTests(Utf8JsonWriter writer, PolicyFile file)
    {
        WriteEntries(writer, "tests", OrAbsent(file.Tests), static (writer, test) =>
        {
            writer.WriteString("src", test.Source);
            if (test.Protocol is { } protocol)
            {
                writer.WriteString("proto", protocol);
            }

            WriteList(writer, "accept", test.Accept);
            WriteList(writer, "deny", test.Deny);
            WriteValues(writer, test.SourceAttributes);
        });
        WriteEntries(writer, "sshTests", OrAbsent(file.SshTests), static (writer, test) =>
        {
            writer.WriteString("src", test.Source);
            WriteList(writer, "dst", test.Destinations);
            WriteList(writer, "accept", test.Accept);
            WriteList(writer, "check", test.Check);
            WriteList(writer, "deny", test.Deny);
            WriteValues(writer, test.SourceAttributes);
        });
    }

    private static void WriteAcl(Utf8JsonWriter writer, AclRule rule)
    {
        writer.WriteString("action", "accept");
        WriteList(writer, "src", rule.Sources.Select(Text));
        if (rule.Protocol is { } protocol)
        {
            writer.WriteString("proto", IpProtocols.NameOf(protocol));
        }

        WriteList(writer, "dst", rule.Destinations.Select(Text));
        WriteList(writer, "srcPosture", rule.SourcePostures);
    }

    private static void WriteGrant(Utf8JsonWriter writer, GrantRule rule)
    {
        WriteList(writer, "src", rule.Sources.Select(Text));
        WriteList(writer, "dst", rule.Destinations.Select(Text));
        WriteList(writer, "ip", rule.Ip.Select(Text));
        WriteCapabilities(writer, rule.App);
        WriteList(writer, "via", rule.Via);
        WriteList(writer, "srcPosture", rule.SourcePostures);
    }

    private static void WriteSsh(Utf8JsonWriter writer, SshPolicyRule rule)
    {
        writer.WriteString("action", rule.Check ? "check" : "accept");
        WriteList(writer, "src", rule.Sources.Select(Text));
        WriteList(writer, "dst", rule.Destinations.Select(Text));
        WriteList(writer, "users", rule.Users);
        if (rule.CheckPeriod != SshPolicyRule.DefaultCheckPeriod)
        {
            var period = rule.CheckPeriod.Ticks * TimeSpan.NanosecondsPerTick;
            writer.WriteString("checkPeriod", period == 0 ? "always" : GoDuration.Format(period));
        }

        WriteList(writer, "acceptEnv", rule.AcceptEnv);
        WriteList(writer, "recorder", rule.Recorders);
        WriteFlag(writer, "enforceRecorder", rule.EnforceRecorder);
        WriteList(writer, "srcPosture", rule.SourcePostures);
    }

    private static void WriteNodeAttributes(Utf8JsonWriter writer, NodeAttributeRule rule)
    {
        WriteList(writer, "target", rule.Targets.Select(Text));
        WriteList(writer, "attr", rule.Attributes);
        WriteList(writer, "ipPool", rule.IpPool.Select(prefix => prefix.ToString()));
        WriteCapabilities(writer, rule.App);
    }

    private static void WriteAutoApprovers(Utf8JsonWriter writer, AutoApprovers approvers)
    {
        if (approvers.Routes.IsEmpty && approvers.ExitNode.IsEmpty && approvers.Services.IsEmpty)
        {
            return;
        }

        writer.WriteStartObject("autoApprovers");
        if (!approvers.Routes.IsEmpty)
        {
            writer.WriteStartObject("routes");
            foreach (var route in approvers.Routes)
            {
                WriteWholeList(writer, route.Prefix.ToString(), route.Approvers.Select(Text));
            }

            writer.WriteEndObject();
        }

        WriteList(writer, "exitNode", approvers.ExitNode.Select(Text));
        if (!approvers.Services.IsEmpty)
        {
            writer.WriteStartObject("services");
            foreach (var (name, who) in approvers.Services)
            {
                WriteWholeList(writer, name, who.Select(Text));
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static string Text(Alias alias) => alias.ToString();

    private static string Text(GrantPorts entry) =>
        (entry.Protocol is { } protocol ? $"{IpProtocols.NameOf(protocol)}:" : "") + PortRanges.Format(entry.Ports);

    private static string Text(AclDestination destination)
    {
        var word = destination.Alias.ToString();
        if (destination.Alias is PrefixAlias { Prefix.IsIPv6: true })
        {
            var slash = word.IndexOf('/', StringComparison.Ordinal);
            word = slash < 0 ? $"[{word}]" : $"[{word[..slash]}]{word[slash..]}";
        }

        return $"{word}:{PortRanges.Format(destination.Ports)}";
    }

    private static IEnumerable<KeyValuePair<string, T>> Sorted<T>(ImmutableDictionary<string, T> table) =>
        table.OrderBy(entry => entry.Key, StringComparer.Ordinal);

    private static ImmutableArray<T>? OrAbsent<T>(ImmutableArray<T> entries) => entries.IsEmpty ? null : entries;

    private static void WriteTable<T>(
        Utf8JsonWriter writer, string section, ImmutableDictionary<string, T> table, Func<T, IEnumerable<string>> texts)
    {
        if (table.Count == 0)
        {
            return;
        }

        writer.WriteStartObject(section);
        foreach (var (name, value) in Sorted(table))
        {
            WriteWholeList(writer, name, texts(value));
        }

        writer.WriteEndObject();
    }

    private static void WriteEntries<T>(Utf8JsonWriter writer, string section, ImmutableArray<T>? entries, Action<Utf8JsonWriter, T> write)
    {
        if (entries is null)
        {
            return;
        }

        writer.WriteStartArray(section);
        foreach (var entry in entries.Value)
        {
            writer.WriteStartObject();
            write(writer, entry);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteFlag(Utf8JsonWriter writer, string name, bool value)
    {
        if (value)
        {
            writer.WriteBoolean(name, value);
        }
    }

    private static void WriteList(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        if (texts.Any())
        {
            WriteWholeList(writer, name, texts);
        }
    }

    /// <summary>An empty list too: its name says something already.</summary>
    private static void WriteWholeList(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static void WriteCapabilities(Utf8JsonWriter writer, ImmutableArray<GrantedCapability> capabilities)
    {
        if (capabilities.IsEmpty)
        {
            return;
        }

        writer.WriteStartObject("app");
        foreach (var (name, arguments) in capabilities)
        {
            if (arguments is null)
            {
                writer.WriteNull(name);
                continue;
            }

            writer.WriteStartArray(name);
            foreach (var argument in arguments)
            {
                writer.WriteRawValue(argument.Utf8, skipInputValidation: true);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteValues(Utf8JsonWriter writer, ImmutableDictionary<string, RawJson> attributes)
    {
        if (attributes.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("srcPostureAttrs");
        foreach (var (name, value) in Sorted(attributes))
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(value.Utf8, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }
}
