using System.Reflection;
using System.Text.RegularExpressions;
using MeshControl.Architecture.Tests.Support;

namespace MeshControl.Architecture.Tests;

/// <summary>
/// A limit that nobody tried to exceed is a guess. By its name a constant or an option is a limit if it begins with <c>Max</c> or ends with
/// <c>Limit</c>, <c>Timeout</c>, <c>Capacity</c> or <c>Backlog</c>, and is a number or a time. Each is named in the source of a test,
/// which goes one beyond it; so a new one without a test fails the build.
/// </summary>
public sealed partial class LimitTests
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Type[] Measures =
        [typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(double), typeof(TimeSpan), typeof(TimeSpan?), typeof(ushort)];

    /// <summary>Limits whose test exceeds them by their effect and cannot name them, with the test.</summary>
    private static readonly Dictionary<string, string> TestedByEffect = new()
    {
        ["CallTimeout.MaxDigits"] = "CallTimeout_TryParse_RefusesOtherForms",
        ["CallTimeout.MaxValue"] = "Request_LongestTimeout_IsAccepted",
        ["ClientText.MaxQuoted"] = "Request_LongUnknownPath_IsNotRepeatedWhole",
        ["ControlPlane.StallLimit"] = "IsAlive_WriterIsStuck_IsNotOnceTheLimitIsReached",
        ["DnsValidator.MaxBaseDomainLength"] = "Load_BaseDomain_MayBeExactlyAsLongAsLeavesRoomForANode",
        ["DomainText.MaxLabelLength"] = "Load_BadValue_IsOneErrorAtItsKeyWithARemedy",
        ["Kinds.MaxSeconds"] = "Load_BadValue_IsOneErrorAtItsKeyWithARemedy",
        ["MapStreams.MaxWholeMaps"] = "WholeMaps_MoreThanAtOnceAndNobodyReadsThem_WaitAndEndInTime",
        ["NoiseErrorFrame.MaxTextLength"] = "ErrorFrame_LongestText_RoundTripsAndOneMoreIsRefused",
        ["NoiseListener.Backlog"] = "TryEnqueue_OneMoreThanTheBacklog_IsRefusedUntilOneIsTaken",
        ["NoisePipeReader.MaxStep"] = "Read_BacklogOfAMegabyte_IsOpenedInSteps",
        ["RegisterHandler.MaxLinesPerMinute"] = "Registration_RefusedOften_IsLoggedSoManyTimesAMinute",
        ["RequestedTags.MaxQuoted"] = "Register_MoreUnknownTagsThanAreQuoted_AreCounted",
        ["SocketLocator.MaxPathBytes"] = "Find_LongPath_IsCheckedAgainstTheSystemsLimit",
        ["SshActionHandler.MaxLinesPerMinute"] = "Ask_VeryOften_IsLoggedSoManyTimesAMinute",
        ["TransportValidator.MaxSocketPathBytes"] = "Load_SocketPathLongerThanTheSystemAllows_IsAnError",
        ["UpgradeEndpoint.MaxLinesPerMinute"] = "Upgrade_WithoutHeadersOften_IsLoggedSoManyTimesAMinute",
    };

    /// <summary>Not set by what a peer sends, or not to be exceeded at all.</summary>
    private static readonly Dictionary<string, string> NoPeerReachesThem = new()
    {
        ["CapabilityVersions.RegisterRateLimit"] = "the number of a version, named after what it brought",
        ["TargetLocator.DefaultTimeout"] = "what meshctl waits for if nobody says otherwise",
        ["KestrelLimits.ListenBacklog"] = "the kernel's: it drops what is more, and clients send again",
        ["LiveValues.MaxItems"] = "what meshctl asks for when a shell completes a word",
        ["MapFrameWriter.MaxDirectLength"] = "by which of two ways a message is compressed, with the same result",
        ["MeshStore.HealthTimeout"] = "for a database that hangs",
        ["NanosecondsConverter.MaxTicks"] = "the range of a type",
        ["NodeValidator.MinEphemeralTimeout"] = "what an operator may write, not a peer",
        ["NoiseSymmetricState.MaxVersionDigits"] = "the digits of a number of 16 bits",
        ["PooledBuffer.DefaultCapacity"] = "what a buffer begins with; it grows",
        ["SchemaKeeper.MigrationTimeout"] = "for a database that hangs",
        ["TailnetReader.Timeout"] = "for a database that hangs",
        ["RelayDialer.LinuxTcpUserTimeout"] = "the number of an option of the kernel",
        ["TcpLiveness.LinuxTcpUserTimeout"] = "the number of an option of the kernel",
        ["TimestampConverter.MaxLength"] = "saves looking at texts that are no times either way",
    };

    // Without this file, which names the exceptions.
    private static readonly string[] TestSources =
        [.. Repository.Sources("tests").Where(path => !path.Contains("Architecture.Tests", StringComparison.Ordinal)).Select(Repository.Text)];

    [Fact]
    public void Limit_IsNamedInATest()
    {
        var exceptions = TestedByEffect.Concat(NoPeerReachesThem).ToDictionary(entry => entry.Key, entry => entry.Value);
        Allowance.Check(Limits().Where(limit => !IsNamed(limit)).Select(NameOf), exceptions);
    }

    [Fact]
    public void Limit_TestedByItsEffect_HasThatTest()
    {
        Assert.Equal([], TestedByEffect.Values.Where(test => !TestSources.Any(source => Regex.IsMatch(source, $@"\b{Regex.Escape(test)}\("))));
    }

    [Fact]
    public void Limits_AreFound()
    {
        Assert.Contains("RequestBodies.MaxLength", Limits().Select(NameOf));
        Assert.Contains("LimitOptions.MaxConnections", Limits().Select(NameOf));
    }

    private static IEnumerable<MemberInfo> Limits() =>
        from type in ProductTypes.All
        where !type.IsEnum && !type.Assembly.GetName().Name!.StartsWith("SQLitePCLRaw", StringComparison.Ordinal)
        from member in type.GetMembers(Everything)
        where LimitName().IsMatch(member.Name)
        where member switch
        {
            FieldInfo field => (field.IsLiteral || (field.IsStatic && field.IsInitOnly)) && Measures.Contains(field.FieldType),
            PropertyInfo property => Measures.Contains(property.PropertyType)
                && (type.Name.EndsWith("Options", StringComparison.Ordinal) || property.GetMethod?.IsStatic == true),
            _ => false,
        }
        select member;

    private static string NameOf(MemberInfo member) => $"{member.DeclaringType!.Name.Split('`')[0]}.{member.Name}";

    private static bool IsNamed(MemberInfo member)
    {
        // An option is mostly named where one is made, without its type.
        var name = member is PropertyInfo property && property.GetMethod?.IsStatic != true ? member.Name : NameOf(member);
        var pattern = new Regex($@"\b{Regex.Escape(name)}\b");
        return TestSources.Any(pattern.IsMatch);
    }

    [GeneratedRegex("^Max(?=[A-Z]|$)|(Limit|Timeout|Capacity|Backlog)$")]
    private static partial Regex LimitName();
}
