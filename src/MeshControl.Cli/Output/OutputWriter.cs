using System.Text.Json.Nodes;
using MeshControl.Cli.Errors;
using MeshControl.Cli.Hosting;

namespace MeshControl.Cli.Output;

/// <summary>Writes results to stdout and failures to stderr, in the format that was asked for.</summary>
internal sealed class OutputWriter(CliHost host, OutputFormat format)
{
    /// <summary>Whether people read it.</summary>
    public bool IsText => format == OutputFormat.Text;

    /// <summary>Something was done; programs get <c>{"result": …}</c>.</summary>
    public void Done(string sentence) => Value(new JsonObject { ["result"] = sentence }, sentence);

    /// <summary>One value: <paramref name="text"/> for people, <paramref name="value"/> for programs.</summary>
    public void Value(JsonNode value, string text) =>
        host.Out.WriteLine(format == OutputFormat.Text ? text : MachineText.Render(value, format));

    /// <summary>A list: a table for people, an array for programs.</summary>
    public void List<T>(IReadOnlyList<T> items, IReadOnlyList<Column<T>> columns, Func<T, JsonNode> toJson)
    {
        if (format == OutputFormat.Text)
        {
            host.Out.Write(Table.Render(items, columns, host.OutIsTerminal ? host.Width : 0, host.UseColour));
        }
        else
        {
            host.Out.WriteLine(MachineText.Render(new JsonArray([.. items.Select(toJson)]), format));
        }
    }

    /// <summary>What a question is about, for people in every format: on stderr, as the question.</summary>
    public void Preview<T>(IReadOnlyList<T> items, IReadOnlyList<Column<T>> columns) =>
        host.Error.Write(Table.Render(items, columns, host.OutIsTerminal ? host.Width : 0, host.UseColour));

    /// <param name="error">Gives the exit status that is returned.</param>
    /// <param name="hint">For people only: what to do next.</param>
    public int Failed(CliError error, string? hint = null)
    {
        if (format == OutputFormat.Text)
        {
            host.Error.WriteLine($"Error: {TerminalText.Clean(error.Message)}");
            if (hint is not null)
            {
                host.Error.WriteLine(hint);
            }
        }
        else
        {
            host.Error.WriteLine(MachineText.Render(new JsonObject { ["error"] = error.Message }, format));
        }

        return error.ExitCode;
    }

    /// <summary>A failure of which there is more to say than one sentence.</summary>
    /// <param name="exitCode">Returned.</param>
    /// <param name="value">For programs; has a member <c>error</c>.</param>
    /// <param name="text">For people: begins with <c>Error:</c>, and is safe to print.</param>
    public int Failed(int exitCode, JsonObject value, string text)
    {
        host.Error.WriteLine(format == OutputFormat.Text ? text : MachineText.Render(value, format));
        return exitCode;
    }
}
