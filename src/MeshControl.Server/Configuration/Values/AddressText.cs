using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MeshControl.Server.Configuration.Values;

/// <summary>
/// Addresses in their usual text form. The framework's parser also takes <c>1</c>, <c>0x7f.1</c> and <c>010.0.0.1</c> (octal),
/// which in a configuration are typing errors.
/// </summary>
internal static class AddressText
{
    public static bool TryParse(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (text.Contains(':', StringComparison.Ordinal))
        {
            return !text.AsSpan().ContainsAny('[', ']', '%')
                && IPAddress.TryParse(text, out address) && address.AddressFamily == AddressFamily.InterNetworkV6;
        }

        var parts = text.Split('.');
        return parts.Length == 4 && parts.All(IsOctet) && IPAddress.TryParse(text, out address);
    }

    private static bool IsOctet(string text) =>
        byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) && (text.Length == 1 || text[0] != '0');
}
