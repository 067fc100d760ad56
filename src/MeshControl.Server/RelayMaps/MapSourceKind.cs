namespace MeshControl.Server.RelayMaps;

/// <summary>Who says what the relays are; in the order in which the parts are merged.</summary>
internal enum MapSourceKind
{
    Configuration,
    Url,
    File,
    OwnRelay,
}
