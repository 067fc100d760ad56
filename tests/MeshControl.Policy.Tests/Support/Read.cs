using MeshControl.Policy.Language;
using MeshControl.Policy.Text;
using MeshControl.Policy.World;

namespace MeshControl.Policy.Tests.Support;

/// <summary>Reads policies of a tailnet to which <c>example.com</c> belongs, and no other domain.</summary>
internal static class Read
{
    public static PolicyTailnet Tailnet { get; } = new() { Domains = ["example.com"] };

    public static PolicyFile Good(string text)
    {
        Assert.True(PolicyReader.TryRead(text, Tailnet, out var file, out var error), error?.ToString());
        return file;
    }

    public static PolicyError Bad(string text)
    {
        Assert.False(PolicyReader.TryRead(text, Tailnet, out var file, out var error), "no error was found");
        Assert.Null(file);
        return error;
    }
}
