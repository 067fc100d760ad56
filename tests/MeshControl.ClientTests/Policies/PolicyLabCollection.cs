namespace MeshControl.ClientTests.Policies;

/// <summary>The classes that share a <see cref="PolicyLab"/>; their tests run one after the other.</summary>
[CollectionDefinition(nameof(PolicyLab))]
public sealed class PolicyLabCollection : ICollectionFixture<PolicyLab>;
