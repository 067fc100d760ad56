using System.Text;

namespace MeshControl.Core.Policies;

/// <summary>What every policy text has to be before anybody looks into it.</summary>
internal static class PolicyTexts
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Null when a text can be read and stored, else one sentence.</summary>
    public static CoreError? Check(string text)
    {
        // No text has fewer bytes than characters, so the long ones need not be counted.
        if (text.Length > PolicyLimits.MaxTextBytes)
        {
            return TooLong;
        }

        try
        {
            if (Strict.GetByteCount(text) > PolicyLimits.MaxTextBytes)
            {
                return TooLong;
            }
        }
        catch (EncoderFallbackException exception)
        {
            return CoreError.Invalid($"The policy holds half a character at position {exception.Index}; save it as UTF-8.");
        }

        // Comments may hold any character, and PostgreSQL takes all but this one.
        return text.IndexOf('\0', StringComparison.Ordinal) is >= 0 and var zero
            ? CoreError.Invalid($"The policy holds a zero character at position {zero}; remove it.")
            : null;
    }

    private static CoreError TooLong =>
        CoreError.Invalid($"The policy is longer than {PolicyLimits.MaxTextBytes / 1024} KiB; use groups, hosts and tags for what repeats.");
}
