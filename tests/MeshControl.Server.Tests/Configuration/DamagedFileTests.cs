using MeshControl.Server.Configuration;

namespace MeshControl.Server.Tests.Configuration;

/// <summary>Whatever an operator writes is a result and never an exception.</summary>
public sealed class DamagedFileTests
{
    private const string Marks = ":-#{}[]&*!|>'\"%@`,? \t\n\0~\\\u00e9\ud83d0.";

    [Theory]
    [InlineData("config.example.yaml", 1)]
    [InlineData("config.example.yaml", 2)]
    [InlineData("tests/MeshControl.Server.Tests/Vectors/Configuration/headscale-0.29.yaml", 3)]
    [InlineData("tests/MeshControl.Server.Tests/Vectors/Configuration/headscale-0.29.yaml", 4)]
    public void Load_FileWithRandomDamage_YieldsOptionsOrErrors(string path, int seed)
    {
        var random = new Random(seed);
        var sound = Reference.RepositoryFile(path);
        for (var i = 0; i < 400; i++)
        {
            var damaged = Damage(sound, random);
            var result = Record(damaged);

            Assert.True(result.Succeeded == (result.Errors.Count == 0), damaged);
            Assert.All(result.Errors, error => Assert.NotEmpty(error.ToString()));
        }
    }

    private static ConfigurationResult Record(string yaml)
    {
        try
        {
            return Loading.Yaml(yaml);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException("Loading threw for this text:\n" + yaml, e);
        }
    }

    private static string Damage(string text, Random random)
    {
        var chars = text.ToList();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var place = random.Next(chars.Count);
            switch (random.Next(3))
            {
                case 0:
                    chars.RemoveRange(place, Math.Min(random.Next(1, 20), chars.Count - place));
                    break;
                case 1:
                    chars.Insert(place, Marks[random.Next(Marks.Length)]);
                    break;
                default:
                    chars[place] = Marks[random.Next(Marks.Length)];
                    break;
            }
        }

        return new string([.. chars]);
    }
}
