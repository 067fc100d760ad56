using MeshControl.Admin.Grpc;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Commands;

/// <summary>What shells are offered for a line that ends at the cursor.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("meshctl us", "users")]
    [InlineData("meshctl users list --output=js", "--output=json", "--output=json-line")]
    [InlineData("meshctl nodes d", "delete")]
    [InlineData("meshctl policy ex", "explain")]
    [InlineData("meshctl users set-role ada net", "network-admin")]
    [InlineData("meshctl policy explain --proto t", "tcp")]
    [InlineData("meshctl users ren", "rename")]
    [InlineData("/usr/bin/meshctl nodes exp", "expire")]
    [InlineData("meshctl nodes expire --dis", "--disable")]
    [InlineData("meshctl nodes list -o json-", "json-line")]
    [InlineData("meshctl completion ba", "bash")]
    [InlineData("meshctl configt", "configtest")]
    public async Task Fixed_WaysOn_AreOffered(string line, params string[] expected)
    {
        Assert.Equal(expected, await WordsAsync(line));
    }

    [Fact]
    public async Task Verbs_AfterAGroup_AreAllOffered()
    {
        Assert.Equal(["approve", "delete", "expire", "list", "move", "ping", "reject", "rename", "tag"], await WordsAsync("meshctl nodes "));
    }

    [Fact]
    public async Task Formats_AreThoseOfTheCommandLine()
    {
        Assert.Equal(["json", "json-line", "text", "yaml"], await WordsAsync("meshctl users list -o "));
    }

    [Theory]
    [InlineData("meshctl --socket {0} nodes expire -i ", "2\tlaptop", "10\tphone")]
    [InlineData("meshctl --socket {0} nodes delete --identifier 1", "10\tphone")]
    [InlineData("meshctl --socket {0} nodes ping l", "laptop\t100.64.0.1 fd7a:115c:a1e0::1")]
    [InlineData("meshctl --socket {0} policy explain --from l", "laptop\t100.64.0.1 fd7a:115c:a1e0::1")]
    [InlineData("meshctl --socket {0} nodes list --user ", "ada\tAda Lovelace")]
    [InlineData("meshctl --socket {0} preauthkeys create -u a", "ada\tAda Lovelace")]
    [InlineData("meshctl --socket {0} users rename -n ", "ada\tAda Lovelace")]
    [InlineData("meshctl --socket {0} users destroy -i ", "7\tada")]
    [InlineData("meshctl --socket {0} preauthkeys delete -i ", "3\tmckey-auth-abcdef012345… ada")]
    public async Task Live_NamesAndIds_AreAskedOfTheServer(string line, params string[] expected)
    {
        await using var server = await FakeServer.StartAsync();
        server.Users.Add(Sample.User(7, "ada"));
        server.Nodes.AddRange([Sample.Node(10, "phone"), Sample.Node(2, "laptop")]);
        server.PreAuthKeys.Add(Sample.PreAuthKey(3));

        Assert.Equal(expected, await LinesAsync(new CliRun(), string.Format(null, line, server.Socket)));
    }

    [Fact]
    public async Task Live_NoServerOrOneThatRefuses_GivesNothing()
    {
        await using var server = await FakeServer.StartAsync();
        server.Failure = RpcStatus.PermissionDenied("No.");

        Assert.Empty(await LinesAsync(new CliRun(), "meshctl --socket /nonexistent/s nodes expire -i "));
        Assert.Empty(await LinesAsync(new CliRun(), "meshctl --config /nonexistent/c nodes expire -i "));
        Assert.Empty(await LinesAsync(new CliRun(), $"meshctl --socket {server.Socket} nodes expire -i "));
    }

    [Theory]
    [InlineData("--address a.example --api-key-file {0}")]
    [InlineData("--config {0}")]
    public async Task Live_FileThatNobodyWrites_GivesNothingInTime(string flags)
    {
        var directory = Directory.CreateTempSubdirectory("pipe");
        try
        {
            var pipe = Path.Combine(directory.FullName, "pipe");
            await Bash.RunAsync($"mkfifo '{pipe}'");
            var run = new CliRun();

            var asking = Task.Run(
                () => LinesAsync(run, $"meshctl {string.Format(null, flags, pipe)} nodes expire -i "), TestContext.Current.CancellationToken);
            while (run.Time.PendingTimers == 0 && !asking.IsCompleted)
            {
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }

            run.Time.Advance(TimeSpan.FromSeconds(2));

            Assert.Empty(await asking);

            // Lets go of the thread that still waits for somebody to write.
            await File.WriteAllTextAsync(pipe, "", TestContext.Current.CancellationToken);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Live_ControlCharacters_AreShownAsSuch()
    {
        await using var server = await FakeServer.StartAsync();
        server.Nodes.Add(Sample.Node(2, "lap\u001b[2J\ttop"));

        Assert.Equal(
            ["lap\ufffd[2J\ufffdtop\t100.64.0.1 fd7a:115c:a1e0::1"],
            await LinesAsync(new CliRun(), $"meshctl --socket {server.Socket} nodes ping l"));
    }

    [Theory]
    [InlineData("bash", "complete -F _meshctl meshctl")]
    [InlineData("zsh", "compdef _meshctl meshctl")]
    [InlineData("fish", "complete -c meshctl")]
    public async Task Script_IsPrinted(string shell, string part)
    {
        var run = await new CliRun().StartAsync("completion", shell);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains(part, run.Out, StringComparison.Ordinal);
    }

    private static async Task<IEnumerable<string>> WordsAsync(string line) =>
        (await LinesAsync(new CliRun(), line)).Select(candidate => candidate.Split('\t')[0]);

    private static async Task<string[]> LinesAsync(CliRun run, string line)
    {
        await run.StartAsync("[suggest]", line);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        return run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
