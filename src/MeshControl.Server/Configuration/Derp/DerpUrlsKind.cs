using System.Diagnostics.CodeAnalysis;
using MeshControl.Server.Configuration.Binding;
using MeshControl.Server.Configuration.Text;
using MeshControl.Server.Configuration.Values;

namespace MeshControl.Server.Configuration.Derp;

/// <summary>
/// URLs of relay maps. One that cannot be a URL is passed over with a warning: whatever it should have added, the other maps are better
/// than a server that does not start.
/// </summary>
internal sealed class DerpUrlsKind() : ValueKind<IReadOnlyList<Uri>>("a list of URLs", EnvironmentForm.List)
{
    public static readonly DerpUrlsKind Instance = new();

    private static readonly ListKind<string> Texts = new("a list of URLs", new ScalarKind<string>("a URL", text => text, text => text));

    public override bool TryRead(string path, ConfigNode node, LoadContext context, [MaybeNullWhen(false)] out IReadOnlyList<Uri> value)
    {
        value = null;
        if (!Texts.TryRead(path, node, context, out var texts))
        {
            return false;
        }

        var urls = new List<Uri>();
        for (var i = 0; i < texts.Count; i++)
        {
            var (place, origin) = ($"{path}[{i}]", ((SequenceNode)node).Items[i].Origin);
            if (Complain(texts[i], out var url) is { } complaint)
            {
                context.Warn(place, origin, $"{complaint} It is left out.", "Write https:// and the place of a relay map.");
            }
            else if (!urls.Contains(url!))
            {
                urls.Add(url!);
                if (url!.Scheme == Uri.UriSchemeHttp)
                {
                    context.Warn(
                        place,
                        origin,
                        $"The relay map {url} comes unencrypted: whoever is on the way can change the relays of all nodes.",
                        "Write https:// if the server there can do that.");
                }
            }
        }

        value = urls;
        return true;
    }

    public override string Format(IReadOnlyList<Uri> value) => $"[{string.Join(", ", value.Select(url => url.AbsoluteUri))}]";

    private static string? Complain(string text, out Uri? url) =>
        !Uri.TryCreate(text, UriKind.Absolute, out url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0
            ? $"\"{text}\" is not the URL of a relay map."
            : url.UserInfo.Length > 0 ? "The URL holds a user name or password, which would show up in logs." : null;
}
