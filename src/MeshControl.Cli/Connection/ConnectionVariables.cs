namespace MeshControl.Cli.Connection;

/// <summary>Variables that say where the server is; those of the section <c>cli</c> of the configuration.</summary>
internal static class ConnectionVariables
{
    public const string Address = "MESHCONTROL_CLI_ADDRESS";
    public const string ApiKey = "MESHCONTROL_CLI_API_KEY";
    public const string ApiKeyPath = "MESHCONTROL_CLI_API_KEY_PATH";
    public const string Timeout = "MESHCONTROL_CLI_TIMEOUT";
    public const string Insecure = "MESHCONTROL_CLI_INSECURE";
    public const string CaFile = "MESHCONTROL_CLI_CA_FILE";
}
