using System.Text.Json.Nodes;
using MeshControl.Admin.Grpc;
using MeshControl.Admin.V1;
using MeshControl.Cli.Tests.Support;

namespace MeshControl.Cli.Tests.Commands;

public sealed class UsersTests
{
    [Theory]
    [InlineData("users", "create")]
    [InlineData("user", "c")]
    [InlineData("users", "new")]
    public async Task Create_AllFields_AreSent(string group, string verb)
    {
        await using var server = await FakeServer.StartAsync();

        var run = await CliRun.OfAsync(
            server, group, verb, "ada", "-d", "Ada Lovelace", "-e", "ada@example.com", "-p", "https://example.com/a.png", "--role", "it-admin");

        Assert.Equal((0, "User created\n", ""), (run.ExitCode, run.Out, run.Error));
        Assert.Equal(
            new CreateUserRequest
            {
                Name = "ada",
                DisplayName = "Ada Lovelace",
                Email = "ada@example.com",
                ProfilePicUrl = "https://example.com/a.png",
                Role = UserRole.ItAdmin,
            },
            server.Single<CreateUserRequest>());
    }

    [Fact]
    public async Task Create_Json_PrintsTheUser()
    {
        await using var server = await FakeServer.StartAsync();

        var run = await CliRun.OfAsync(server, "users", "create", "ada", "-o", "json-line");

        Assert.Equal(
            """{"id":1,"name":"ada","created_at":"2026-07-01T10:20:30Z","display_name":"Ada Lovelace","email":"ada@example.com","provider_id":"","provider":"local","profile_pic_url":"","role":"member"}""" + "\n",
            run.Out);
    }

    [Fact]
    public async Task Create_WithoutName_IsAUsageError()
    {
        var run = await new CliRun().StartAsync("users", "create");

        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Out);
        Assert.Equal("Error: Required argument missing for command: 'create'.\nRun \"meshctl users create --help\" for usage.\n", run.Error);
    }

    [Theory]
    [InlineData("ftp://example.com/a.png")]
    [InlineData("a.png")]
    public async Task Create_BadPicture_IsAUsageError(string url)
    {
        var run = await new CliRun().StartAsync("users", "create", "ada", "-p", url);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"Error: \"{url}\" is not the URL of a picture", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_Duplicate_HasItsOwnExitCode()
    {
        await using var server = await FakeServer.StartAsync();
        server.Failure = RpcStatus.AlreadyExists("A user named \"ada\" exists already.");

        var run = await CliRun.OfAsync(server, "users", "create", "ada");

        Assert.Equal((4, "", "Error: A user named \"ada\" exists already.\n"), (run.ExitCode, run.Out, run.Error));
    }

    [Theory]
    [InlineData("list")]
    [InlineData("ls")]
    [InlineData("show")]
    public async Task List_Text_IsATable(string verb)
    {
        await using var server = await FakeServer.StartAsync();
        server.Users.AddRange([Sample.User(1, "ada"), new User(Sample.User(12, "grace")) { Role = UserRole.Admin }]);

        var run = await CliRun.OfAsync(server, "users", verb);

        Assert.Equal(
            """
            ID │ Name         │ Username │ Email           │ Role   │ Created
            1  │ Ada Lovelace │ ada      │ ada@example.com │ member │ 2026-07-01 10:20:30
            12 │ Ada Lovelace │ grace    │ ada@example.com │ admin  │ 2026-07-01 10:20:30

            """,
            run.Out);
    }

    [Fact]
    public async Task List_Nobody_IsAnEmptyListAndSuccess()
    {
        await using var server = await FakeServer.StartAsync();

        var text = await CliRun.OfAsync(server, "users", "list", "-n", "nobody");
        var json = await CliRun.OfAsync(server, "users", "list", "-n", "nobody", "-o", "json");
        var yaml = await CliRun.OfAsync(server, "users", "list", "-n", "nobody", "-o", "yaml");

        Assert.Equal((0, "ID │ Name │ Username │ Email │ Role │ Created\n"), (text.ExitCode, text.Out));
        Assert.Equal((0, "[]\n"), (json.ExitCode, json.Out));
        Assert.Equal((0, "[]\n"), (yaml.ExitCode, yaml.Out));
    }

    [Theory]
    [InlineData("-i 7", ListUsersRequest.FilterOneofCase.Id)]
    [InlineData("-n ada", ListUsersRequest.FilterOneofCase.Name)]
    [InlineData("-e ada@example.com", ListUsersRequest.FilterOneofCase.Email)]
    [InlineData("-e ada@example.com -n ada -i 7", ListUsersRequest.FilterOneofCase.Id)]
    [InlineData("-e ada@example.com -n ada", ListUsersRequest.FilterOneofCase.Name)]
    [InlineData("", ListUsersRequest.FilterOneofCase.None)]
    public async Task List_Filter_TheMostPreciseCounts(string flags, ListUsersRequest.FilterOneofCase filter)
    {
        await using var server = await FakeServer.StartAsync();

        await CliRun.OfAsync(server, ["users", "list", .. flags.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        var request = server.Single<ListUsersRequest>();
        Assert.Equal(filter, request.FilterCase);
        Assert.Equal(filter == ListUsersRequest.FilterOneofCase.Id ? 7 : 0, request.Id);
    }

    [Fact]
    public async Task List_Json_IsIndentedWithTabs()
    {
        await using var server = await FakeServer.StartAsync();
        server.Users.Add(Sample.User(1, "ada <&> ünï"));

        var run = await CliRun.OfAsync(server, "users", "list", "-o", "json");

        Assert.StartsWith("[\n\t{\n\t\t\"id\": 1,\n\t\t\"name\": \"ada <&> ünï\",\n", run.Out, StringComparison.Ordinal);
        Assert.Single(JsonNode.Parse(run.Out)!.AsArray());
    }

    [Fact]
    public async Task List_Yaml_QuotesWhatLooksLikeAnotherType()
    {
        await using var server = await FakeServer.StartAsync();
        var user = Sample.User(1, "no");
        user.DisplayName = "123";
        server.Users.Add(user);

        var run = await CliRun.OfAsync(server, "users", "list", "-o", "yaml");

        Assert.Contains("- id: 1\n  name: \"no\"\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("display_name: \"123\"\n", run.Out, StringComparison.Ordinal);
    }
}
