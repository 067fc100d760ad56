using System.Collections.Immutable;
using MeshControl.Core.Model;

namespace MeshControl.Store.Tests.Fixtures;

/// <summary>
/// The full samples set every property, so that a new one in the domain fails here first and, once it is in the sample, in the round
/// trips until it is stored.
/// </summary>
public sealed class SamplesTests
{
    [Fact]
    public void FullUser_EveryProperty_IsSet() => AssertAllSet(Samples.FullUser(1));

    [Fact]
    public void FullNode_EveryProperty_IsSetButTheOwner() => AssertAllSet(Samples.FullNode(1), nameof(Node.Owner));

    [Fact]
    public void FullPreAuthKey_EveryProperty_IsSet() => AssertAllSet(Samples.FullPreAuthKey(1, new UserId(1)));

    [Fact]
    public void ApiKey_EveryProperty_IsSet() => AssertAllSet(Samples.ApiKey(1));

    [Fact]
    public void FullPolicy_EveryProperty_IsSet() => AssertAllSet(Samples.FullPolicy(2));

    [Fact]
    public void Presence_EveryProperty_IsSet() => AssertAllSet(Samples.Presence());

    private static void AssertAllSet(object sample, params string[] except) => Assert.All(
        sample.GetType().GetProperties().Where(property => property.CanWrite && !except.Contains(property.Name)),
        property => Assert.True(IsSet(property.GetValue(sample), property.PropertyType), $"{property.Name} is not set."));

    private static bool IsSet(object? value, Type type) => value switch
    {
        null or "" => false,
        ImmutableArray<string> list => !list.IsDefaultOrEmpty,
        _ => !type.IsValueType || !value.Equals(Activator.CreateInstance(type)),
    };
}
