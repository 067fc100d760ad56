using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Commands;

/// <summary>The script for bash, in a real bash, with a server to ask.</summary>
public sealed class BashCompletionTests
{
    /// <summary>What bash sets when somebody presses the tabulator key at the end of a line.</summary>
    private const string Press =
        """
        press() {
            COMP_LINE="$1" COMP_POINT=${#1}
            read -ra COMP_WORDS <<< "$1"
            COMP_CWORD=${#COMP_WORDS[@]}
            COMPREPLY=()
            _meshctl
            printf '%s\n' "${COMPREPLY[*]}"
        }
        """;

    [Fact]
    public async Task Tabulator_OffersVerbsFormatsNamesAndIds()
    {
        await using var server = await FakeServer.StartAsync();
        server.Users.AddRange([Sample.User(7, "ada"), Sample.User(8, "bob@example.com")]);
        server.Nodes.AddRange([Sample.Node(1, "laptop"), Sample.Node(2, "phone")]);

        // The at sign ends a word for bash: what is in front of it stays.
        var output = await Bash.RunAsync(
            $"""
            export MESHCONTROL_UNIX_SOCKET='{server.Socket}'
            source <(meshctl completion bash)
            {Press}
            press 'meshctl nodes '
            press 'meshctl nodes list -o j'
            press 'meshctl users destroy '
            press 'meshctl users destroy --name bob@'
            press 'meshctl nodes expire -i '
            press 'meshctl --socket /nonexistent/s nodes expire -i '
            """);

        Assert.Equal(
            """
            approve delete expire list move ping reject rename tag
            json json-line
            ada bob@example.com
            example.com
            1 2


            """,
            output);
    }

    [Theory]
    [InlineData("nullglob")]
    [InlineData("failglob")]
    public async Task Tabulator_DescriptionsThatLookLikePatterns_AreNotExpanded(string option)
    {
        await using var server = await FakeServer.StartAsync();
        server.Users.AddRange([Sample.User(7, "ada"), Sample.User(8, "bob")]);
        server.Users[0].DisplayName = "who? [*] *";

        // Where nothing is called like that, one option makes the word vanish and the other is an error.
        var output = await Bash.RunAsync(
            $"""
            export MESHCONTROL_UNIX_SOCKET='{server.Socket}'
            source <(meshctl completion bash)
            shopt -s {option}
            {Press}
            press 'meshctl users destroy '
            """);

        Assert.Equal("ada bob\n", output);
    }
}
