namespace MeshControl.Server.Diagnostics;

/// <summary>The first digit of an HTTP status as people write it.</summary>
internal static class StatusClass
{
    public static string Of(int status) => (status / 100) switch
    {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    };
}
