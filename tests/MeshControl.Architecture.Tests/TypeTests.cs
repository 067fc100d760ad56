using System.Reflection;
using System.Runtime.CompilerServices;
using MeshControl.Architecture.Tests.Support;

namespace MeshControl.Architecture.Tests;

/// <summary>Rules on the shape of types, found by reflection over the built product.</summary>
public sealed class TypeTests
{
    private const int MostParameters = 8;

    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<string, string> LongConstructors = [];

    private static readonly Dictionary<string, string> MutableFields = new()
    {
        ["SQLitePCL.sqlite3_context.state"] = "Microsoft.Data.Sqlite was compiled against a field of this name",
    };

    [Fact]
    public void Constructor_HasFewParameters()
    {
        var violations =
            from type in ProductTypes.All
            from constructor in type.GetConstructors(Everything)
            where constructor.GetParameters().Length > MostParameters
            select type.FullName!;
        Allowance.Check(violations, LongConstructors);
    }

    [Fact]
    public void Field_SeenByOthers_IsNotMutable()
    {
        var violations =
            from type in ProductTypes.All
            where !type.IsEnum
            from field in type.GetFields(Everything)
            where (field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly) && !field.IsInitOnly && !field.IsLiteral
            select $"{type.FullName}.{field.Name}";
        Allowance.Check(violations, MutableFields);
    }

    [Fact]
    public void AsyncMethod_ReturnsATask()
    {
        var violations =
            from type in ProductTypes.All
            from method in type.GetMethods(Everything)
            where method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute), false)
            select $"{type.FullName}.{method.Name}";
        Assert.Equal([], violations);
    }
}
