using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using MeshControl.Admin.V1;
using MeshControl.Cli.Commands;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Input;
using MeshControl.Cli.Output;

namespace MeshControl.Cli.Nodes;

/// <summary><c>meshctl nodes expire</c></summary>
internal static class ExpireNodeCommand
{
    public static Command Build(CommandRunner runner)
    {
        var nodes = NodeSelector.Create(runner.Live);
        var expiry = TimeOption.Create(
            "--expiry", ["-e"], "When its login ends: a time such as 2027-01-31T12:00:00Z, or a duration from now. [default: now]");
        var disable = new Option<bool>("--disable", "-d") { Description = "Let the login never end." };
        var command = new Command("expire", "Log nodes out, or say when their logins end; a login that ended comes back by a later end.");
        nodes.AddTo(command, required: true);
        command.Options.Add(expiry);
        command.Options.Add(disable);
        command.Aliases.Add("logout");
        command.Aliases.Add("exp");
        command.Aliases.Add("e");
        command.Validators.Add(result =>
        {
            if (result.GetResult(expiry) is { Implicit: false } && result.GetValue(disable))
            {
                result.AddError("A login that never ends (--disable) has no time at which it ends (--expiry).");
            }
        });
        runner.Remote(command, async (client, context, cancellationToken) =>
        {
            var request = new ExpireNodeRequest();
            if (context.Arguments.GetValue(disable))
            {
                request.Never = true;
            }
            else if (context.Arguments.GetValue(expiry) is { } end)
            {
                SetEnd(request, end);
            }

            if (!nodes.IsOne(context.Arguments, out var id))
            {
                return await ManyNodes.ChangeAsync(
                    client,
                    context,
                    nodes.Read(context.Arguments),
                    these => Ask(request, these, context.Now),
                    request.EndCase == ExpireNodeRequest.EndOneofCase.None ? "expired" : "updated",
                    new ChangeNodesRequest { Expire = request },
                    cancellationToken);
            }

            request.Id = id;
            var node = await client.ExpireNodeAsync(request, cancellationToken);
            context.Output.Value(NodeView.ToJson(node), Describe(request, node, context.Now));
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void SetEnd(ExpireNodeRequest request, PointInTime end)
    {
        if (end.At is { } time)
        {
            request.Expiry = Timestamp.FromDateTimeOffset(time);
        }
        else if (end.FromNow is { } duration)
        {
            request.Lifetime = Duration.FromTimeSpan(duration);
        }
    }

    private static string Ask(ExpireNodeRequest request, string these, DateTimeOffset now) => request.EndCase switch
    {
        ExpireNodeRequest.EndOneofCase.None => $"Do you want to log out {these}?",
        ExpireNodeRequest.EndOneofCase.Never => $"Do you want to let the login of {these} never end?",
        _ => $"Do you want to let the login of {these} end at {TimeText.Show(request.Expiry ?? Timestamp.FromDateTimeOffset(now) + request.Lifetime).Text}?",
    };

    private static string Describe(ExpireNodeRequest request, Node node, DateTimeOffset now) =>
        request.EndCase == ExpireNodeRequest.EndOneofCase.Never ? "Node expiry disabled"
        : request.EndCase == ExpireNodeRequest.EndOneofCase.None || TimeText.HasPassed(node.Expiry, now) ? "Node expired"
        : "Node expiration updated";
}
