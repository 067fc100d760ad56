namespace MeshControl.Derp.Relay;

/// <summary>Something that waits in a <see cref="TimingWheel{T}"/>, whose lock guards what is here.</summary>
internal interface IWheelEntry
{
    /// <summary>One more than the slot; 0 when in none, negative once removed for good.</summary>
    int WheelSlot { get; set; }
}
