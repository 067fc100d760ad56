using MeshControl.Protocol.Control;
using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Text;

namespace MeshControl.Server.Configuration.Derp;

/// <summary>A text that holds one relay map, as YAML or JSON: a file of the operator, or what a URL answers.</summary>
internal static class DerpMapDocument
{
    /// <summary>Reads, and reports to <paramref name="context"/> what is wrong with it, with its lines.</summary>
    /// <returns>Null when there was an error, or nothing at all in the text; only then is no error reported.</returns>
    public static DerpMap? Read(string name, string text, LoadContext context)
    {
        var problems = new List<ConfigurationProblem>();
        var root = YamlReader.Read(name, text, problems);
        context.AddErrors(problems);
        return root is not null && problems.Count == 0 && DerpMapKind.Instance.TryRead("", root, context, out var map) ? map : null;
    }

    /// <summary>Reads a text by itself.</summary>
    /// <param name="name">What problems are said to be in.</param>
    /// <param name="text">Up to a few megabytes.</param>
    /// <param name="isForeign">Written by somebody who may know fields that we do not.</param>
    /// <param name="problem">What is wrong, in one sentence or two, when there is no map.</param>
    public static DerpMap? Read(string name, string text, bool isForeign, out string problem)
    {
        var context = LoadContext.ForDocument(name, takesUnknownFields: isForeign);
        var map = Read(name, text, context);
        problem = context.Errors.Count > 0
            ? context.Errors[0].ToString() + (context.Errors.Count > 1 ? $" ({context.Errors.Count} problems in all)" : "")
            : "It is empty.";
        return map;
    }
}
