using System.Diagnostics;
using MeshControl.Fuzz;
using MeshControl.Fuzz.Arguments;
using MeshControl.Fuzz.Engine;
using MeshControl.Fuzz.Mutations;
using MeshControl.Fuzz.Targets;

namespace MeshControl.FunctionalTests.Fuzzing;

/// <summary>The fuzzer, for seconds instead of hours: that it finds nothing, and that it would.</summary>
public sealed class FuzzProgramTests
{
    private const int Count = 20_000;

    [Theory]
    [InlineData("noise", "initiation: Ok", "initiation: BadAuthentication", "client: Ok", "record: opened", "pipe: refused")]
    [InlineData("json", "refused", "MapRequest: read", "RegisterRequest: read", "UpdateHealthRequest: read", "map: changes its node")]
    [InlineData("frames", "frame: Done", "frame: TooLong", "zstd: Invalid", "zstd: Ok", "zstd: TooLarge", "writer: compressed")]
    [InlineData("derp", "relay: closed by the client", "relay: a packet of a bad length", "relay: peer got packets", "relay: peer was held back",
        "relay: pong", "relay: not here", "relay: watched", "client: frames", "client: too long", "client: upgraded", "login: client read",
        "head: relay", "head: fast start", "head: for the web server",
        "login: server read", "login: box refused", "login: JSON refused")]
    [InlineData("stun", "stun: None", "stun: WrongFingerprint", "stun: OtherSoftware", "stun: BrokenAttributes", "stun: TooLong", "stun: answer read")]
    [InlineData("policy", "read: with rules", "read: without rules", "refused: syntax", "refused: shape", "refused: members", "refused: words",
        "refused: meaning")]
    public async Task Run_MutatedInput_BreaksNoRule(string target, params string[] depths)
    {
        // In a process of its own, since memory and time are those of the process.
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(FuzzProgram).Assembly.Location);
        start.ArgumentList.Add(target);
        start.ArgumentList.Add($"{Count}");
        using var process = Process.Start(start)!;
        var token = TestContext.Current.CancellationToken;
        var errors = process.StandardError.ReadToEndAsync(token);
        var output = await process.StandardOutput.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);

        Assert.True(process.ExitCode == FuzzProgram.Success, output + await errors);
        Assert.Contains($"{target}: 20,000 inputs, 0 failures", output);
        Assert.All(depths, depth => Assert.Contains(depth, output));
    }

    [Fact]
    public void Runner_InputsThatBreakRules_AreNamed()
    {
        using var target = new Faulty();
        using var output = new StringWriter();
        var options = new FuzzOptions
        {
            Targets = [],
            Count = 10,
            Seed = 7,
            MaxResident = long.MaxValue,
            TimeLimit = TimeSpan.FromHours(1),
        };

        var report = new FuzzRunner(target, options, output).Run();

        Assert.Equal(
            [
                "faulty --seed 7 --only 3: RuleBrokenException: the third",
                "faulty --seed 7 --only 5: NotSupportedException: a surprise",
                $"faulty --seed 7 --only 6: allocates {report.MostAllocated} bytes, more than 100000",
            ],
            report.Failures);
        Assert.Equal((10, 8), (report.Inputs, report.Depths["fine"]));
    }

    [Fact]
    public void Runner_InputThatTakesTooLong_IsNamedWhileItRuns()
    {
        using var output = new StringWriter();
        using var target = new Slow(output);

        var report = new FuzzRunner(target, new FuzzOptions { Targets = [], Count = 1, MaxResident = long.MaxValue }, output).Run();

        Assert.Equal(["slow --seed 1 --only 0: takes more than 1 s of processor time"], report.Failures);
    }

    [Fact]
    public void Runner_MemoryBeyondTheBound_IsAFailure()
    {
        using var target = new Faulty();
        using var output = new StringWriter();
        var options = new FuzzOptions { Targets = [], Count = 1, MaxResident = 1, TimeLimit = TimeSpan.FromHours(1) };

        var report = new FuzzRunner(target, options, output).Run();

        Assert.All(report.Failures, failure => Assert.Matches(@"bytes are resident by now, more than 1$", failure));
        Assert.NotEmpty(report.Failures);
    }

    [Fact]
    public void Random_SameSeedAndIndex_IsTheSame()
    {
        ulong[] Numbers(long seed, long index)
        {
            var random = new FuzzRandom(seed, index);
            return [random.Next(), random.Next(), (ulong)random.Below(1000)];
        }

        Assert.Equal(Numbers(1, 2), Numbers(1, 2));
        Assert.NotEqual(Numbers(1, 2), Numbers(2, 1));
        Assert.NotEqual(Numbers(1, 2), Numbers(1, 3));
    }

    [Theory]
    [InlineData("Say what to fuzz and with how many inputs, such as: all 100000; see --help.")]
    [InlineData("There is no target 'tls'; there are noise, json, frames, derp, stun, policy and all.", "tls", "1")]
    [InlineData("The count 'many' is not a number of at least 1.", "all", "many")]
    [InlineData("The count '0' is not a number of at least 1.", "all", "0")]
    [InlineData("There is no option --sed; see --help.", "all", "1", "--sed", "1")]
    [InlineData("--seed needs a number of at least 0.", "all", "1", "--seed")]
    [InlineData("--only needs a number of at least 0.", "all", "1", "--only", "-1")]
    public void Run_BadArguments_AreOneSentence(string sentence, params string[] arguments) =>
        Assert.Equal((FuzzProgram.Misuse, "", sentence + "\n"), Run(arguments));

    private static (int Status, string Output, string Errors) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var status = FuzzProgram.Run(arguments, output, errors);
        return (status, output.ToString(), errors.ToString());
    }

    private sealed class Faulty : FuzzTarget
    {
        private int _index = -1;

        public override string Name => "faulty";

        public override long MaxAllocated => 100_000;

        public override void Run(FuzzRandom random, Tally tally)
        {
            _index++;
            RuleBrokenException.Require(_index != 3, "the third");
            if (_index == 5)
            {
                throw new NotSupportedException("a surprise");
            }

            if (_index == 6)
            {
                GC.KeepAlive(new byte[200_000]);
            }

            tally.Count("fine");
        }
    }

    /// <summary>Works until it has been noticed, which is the condition that is waited for.</summary>
    private sealed class Slow(StringWriter output) : FuzzTarget
    {
        public override string Name => "slow";

        public override long MaxAllocated => long.MaxValue;

        public override void Run(FuzzRandom random, Tally tally)
        {
            while (output.GetStringBuilder().Length == 0)
            {
                random.Next();
            }
        }
    }
}
