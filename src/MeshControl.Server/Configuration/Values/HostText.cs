namespace MeshControl.Server.Configuration.Values;

/// <summary>A host name or address, perhaps with a port; an IPv6 address with a port stands in brackets.</summary>
internal static class HostText
{
    public static Parsed<string> Parse(string text)
    {
        if (AddressText.TryParse(text, out _))
        {
            return text;
        }

        var host = EndpointText.TrySplit(text, out var name, out var port) && port > 0 ? name : text;
        return AddressText.TryParse(host, out _) || DomainText.Parse(host).Message is null
            ? text
            : Parsed<string>.Bad($"\"{text}\" is not the name of a host.", "Write a bare name or address, with :port behind it if it needs one.");
    }
}
