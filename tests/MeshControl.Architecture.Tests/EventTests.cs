using System.Reflection;
using MeshControl.Architecture.Tests.Support;
using Microsoft.Extensions.Logging;

namespace MeshControl.Architecture.Tests;

/// <summary>Log events are searched by number, so a number means one thing in the whole program.</summary>
public sealed class EventTests
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<string, (int First, int Last)> Ranges = new()
    {
        ["MeshControl.Core"] = (1000, 1999),
        ["MeshControl.Derp"] = (2000, 2999),
        ["MeshControl.Store"] = (3000, 3999),
        ["MeshControl.Server"] = (4000, 5999),
    };

    private static readonly (string Project, string Method, int Number)[] Events =
    [
        .. from project in Repository.Projects
           where project.IsProduct
           from type in ProductTypes.Of(project)
           from method in type.GetMethods(Everything)
           let message = method.GetCustomAttribute<LoggerMessageAttribute>()
           where message is not null
           select (project.Name, $"{type.FullName}.{method.Name}", message.EventId),
    ];

    [Fact]
    public void Events_AreFound()
    {
        Assert.NotEmpty(Events);
    }

    [Fact]
    public void EventNumber_IsInTheRangeOfItsProject()
    {
        Assert.Equal([], Events.Where(entry =>
            !Ranges.TryGetValue(entry.Project, out var range) || entry.Number < range.First || entry.Number > range.Last));
    }

    [Fact]
    public void EventNumber_IsUsedOnce()
    {
        Assert.Equal([], Events.GroupBy(entry => entry.Number).Where(group => group.Count() > 1));
    }
}
