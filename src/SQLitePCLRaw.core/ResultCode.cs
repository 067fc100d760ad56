namespace SQLitePCL;

/// <summary>The few result codes of SQLite that this binding decides on itself.</summary>
internal static class ResultCode
{
    public const int Ok = 0;
    public const int OutOfMemory = 7;
    public const int Misuse = 21;
}
