namespace MeshControl.Core.Addresses;

/// <summary>Which free address a new node gets.</summary>
public enum AddressStrategy
{
    /// <summary>The next one after the last that was given out, so that a freed address rests for long.</summary>
    Sequential,

    /// <summary>Any.</summary>
    Random,
}
