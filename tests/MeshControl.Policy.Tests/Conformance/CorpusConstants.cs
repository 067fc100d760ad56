using System.Text.Json;
using MeshControl.Policy.World;

namespace MeshControl.Policy.Tests.Conformance;

/// <summary>What is the same in all captures.</summary>
/// <param name="SelfAttributes">Attributes that every node has, whatever the policy.</param>
/// <param name="AttributesByRole">Further ones, by role of the owner, or <c>tagged</c>.</param>
/// <param name="Roles">By name of the user.</param>
internal sealed record CorpusConstants(
    JsonElement SelfAttributes, IReadOnlyDictionary<string, JsonElement> AttributesByRole, IReadOnlyDictionary<string, UserRole> Roles)
{
    public static CorpusConstants Parse(JsonElement constants) => new(
        constants.GetProperty("selfCapMapBase"),
        constants.GetProperty("selfCapMapByRole").EnumerateObject().ToDictionary(role => role.Name, role => role.Value),
        constants.GetProperty("users").EnumerateObject().ToDictionary(user => user.Name, user => Role(user.Value)));

    private static UserRole Role(JsonElement user) => user.GetProperty("role").GetString() switch
    {
        "owner" => UserRole.Owner,
        "admin" => UserRole.Admin,
        var other => throw new InvalidDataException($"The role {other} is not known here."),
    };
}
