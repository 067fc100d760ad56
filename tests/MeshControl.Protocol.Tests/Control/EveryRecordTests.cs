using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MeshControl.Protocol.Control;
using MeshControl.Protocol.Control.Json;

namespace MeshControl.Protocol.Tests.Control;

/// <summary>What holds for each wire record and each of its properties, found by reflection.</summary>
public sealed class EveryRecordTests
{
    /// <summary>JSON of every shape; each is tried in the place of every property.</summary>
    private static readonly string[] Shapes =
    [
        "true", "0", "1.5", "-1", "70000", "1e400", "99999999999999999999999", "\"\"",
        "\"x\"", "\"\\ud800\"", "\"\u0000\"", "[]", "{}", "[null]",
        "[1]", "[\"x\"]", "[\"\\udc00\"]", "[[]]", "[{}]", "[true]", "{\"a\":null}", "{\"1\":null}", "{\"1\":[null]}",
        "{\"1\":[{}]}", "{\"1\":1}", "{\"\\ud800\":1}",
        "{\"1\":\"x\"}", "\"2026-01-01T00:00:00Z\"", "\"10.0.0.1/33\"", "\"AAA\"",
        "\"nodekey:00\"", new string('[', 80) + new string(']', 80),
    ];

    public static TheoryData<string> RecordNames => [.. Samples.RecordTypes.Select(type => type.Name)];

    public static TheoryData<string> MessageNames => [.. Samples.MessageTypes.Select(type => type.Name)];

    [Fact]
    public void Records_AreSealedAndFound()
    {
        Assert.True(Samples.RecordTypes.Count > 50);
        Assert.All(Samples.RecordTypes, type => Assert.True(type.IsSealed, type.Name));
    }

    [Theory]
    [MemberData(nameof(MessageNames))]
    public void Message_Full_SurvivesTheWire(string name)
    {
        var message = Samples.Record(TypeOf(name), 1);
        Assert.Equal(message, Parse(TypeOf(name), Serialize(message)));
    }

    [Theory]
    [MemberData(nameof(MessageNames))]
    public void Message_Empty_SurvivesTheWire(string name)
    {
        var message = Activator.CreateInstance(TypeOf(name))!;
        Assert.Equal(message, Parse(TypeOf(name), Serialize(message)));
        Assert.Equal(message, Parse(TypeOf(name), "{}"u8.ToArray()));
    }

    [Theory]
    [MemberData(nameof(RecordNames))]
    public void Record_MadeTwice_IsEqual(string name)
    {
        var (left, right) = (Samples.Record(TypeOf(name), 1), Samples.Record(TypeOf(name), 1));
        Assert.Equal(left, right);
        Assert.Equal(left.GetHashCode(), right.GetHashCode());
        Assert.Equal(left, Samples.Clone(left));
    }

    [Theory]
    [MemberData(nameof(RecordNames))]
    public void Record_AnyPropertyChanged_IsNotEqual(string name)
    {
        var original = Samples.Record(TypeOf(name), 1);
        foreach (var property in Samples.Properties(TypeOf(name)))
        {
            var changed = Samples.Clone(original);
            property.SetValue(changed, Samples.Value(property.PropertyType, 2));
            Assert.False(original.Equals(changed), property.Name);
        }
    }

    [Theory]
    [MemberData(nameof(RecordNames))]
    public void Property_NullOnTheWire_IsNotSet(string name)
    {
        var (message, wrap) = WireNesting.Of(TypeOf(name));
        var unset = Parse(message, wrap("{}"));
        foreach (var property in Samples.Properties(TypeOf(name)))
        {
            Assert.Equal(unset, Parse(message, wrap($"{{\"{WireNesting.NameOf(property)}\":null}}")));
        }
    }

    [Theory]
    [MemberData(nameof(RecordNames))]
    public void Property_NameInAnotherCase_IsUnderstood(string name)
    {
        var (message, wrap) = WireNesting.Of(TypeOf(name));
        var options = ControlJsonContext.Default.Options;
        foreach (var property in Samples.Properties(TypeOf(name)))
        {
            var value = JsonSerializer.Serialize(Samples.Value(property.PropertyType, 1), options.GetTypeInfo(property.PropertyType));
            var exact = Parse(message, wrap($"{{\"{WireNesting.NameOf(property)}\":{value}}}"));
            Assert.NotEqual(Parse(message, wrap("{}")), exact);
            Assert.Equal(exact, Parse(message, wrap($"{{\"{WireNesting.NameOf(property).ToUpperInvariant()}\":{value}}}")));
            Assert.Equal(exact, Parse(message, wrap($"{{\"{WireNesting.NameOf(property).ToLowerInvariant()}\":{value}}}")));
        }
    }

    [Theory]
    [MemberData(nameof(RecordNames))]
    public void Property_OfAnyShape_ParsesOrThrowsJsonException(string name)
    {
        var (message, wrap) = WireNesting.Of(TypeOf(name));
        var refused = 0;
        foreach (var property in Samples.Properties(TypeOf(name)))
        {
            foreach (var shape in Shapes)
            {
                try
                {
                    Parse(message, wrap($"{{\"{WireNesting.NameOf(property)}\":{shape}}}"));
                }
                catch (JsonException)
                {
                    refused++;
                }
            }
        }

        Assert.True(refused > Samples.Properties(TypeOf(name)).Length);
    }

    [Theory]
    [MemberData(nameof(RecordNames))]
    public void Property_Unset_IsWrittenOnlyWhereSaidSo(string name)
    {
        var type = TypeOf(name);
        var written = JsonSerializer.SerializeToElement(
            Activator.CreateInstance(type)!, ControlJsonContext.Default.Options.GetTypeInfo(type));
        var expected = Samples.Properties(type)
            .Where(property => property.GetCustomAttribute<JsonIgnoreAttribute>()?.Condition == JsonIgnoreCondition.Never)
            .Select(WireNesting.NameOf);
        Assert.Equal(expected, written.EnumerateObject().Select(member => member.Name));
    }

    private static Type TypeOf(string name) => Samples.RecordTypes.Single(type => type.Name == name);

    private static byte[] Serialize(object message) =>
        (byte[])typeof(ControlJson).GetMethod(nameof(ControlJson.SerializeToUtf8Bytes))!
            .MakeGenericMethod(message.GetType()).Invoke(null, [message])!;

    private static object Parse(Type message, string json) => Parse(message, Encoding.UTF8.GetBytes(json));

    private static object Parse(Type message, byte[] utf8)
    {
        var parse = typeof(EveryRecordTests).GetMethod(nameof(ParseAs), BindingFlags.Static | BindingFlags.NonPublic)!;
        return parse.MakeGenericMethod(message).Invoke(null, BindingFlags.DoNotWrapExceptions, null, [utf8], null)!;
    }

    private static T ParseAs<T>(byte[] utf8)
        where T : class, IControlMessage => ControlJson.Parse<T>(utf8);
}
