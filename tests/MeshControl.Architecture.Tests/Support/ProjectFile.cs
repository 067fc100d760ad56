using System.Xml.Linq;

namespace MeshControl.Architecture.Tests.Support;

/// <summary>What a project file says of its neighbours.</summary>
/// <param name="Path">Relative to the root of the repository.</param>
/// <param name="AssemblyName">As the compiled file is called, without extension.</param>
internal sealed record ProjectFile(
    string Path, string AssemblyName, IReadOnlyList<string> Projects, IReadOnlyList<string> Packages, IReadOnlyList<string> Frameworks)
{
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public string Folder => System.IO.Path.GetDirectoryName(Path)!.Replace('\\', '/');

    public bool IsProduct => Path.StartsWith("src/", StringComparison.Ordinal);

    public static ProjectFile Read(string path)
    {
        var xml = XDocument.Parse(Repository.Text(path));
        return new ProjectFile(
            path,
            xml.Descendants("AssemblyName").SingleOrDefault()?.Value ?? System.IO.Path.GetFileNameWithoutExtension(path),
            [.. Included(xml, "ProjectReference").Select(include => System.IO.Path.GetFileNameWithoutExtension(include)!).Order()],
            [.. Included(xml, "PackageReference").Order()],
            [.. Included(xml, "FrameworkReference").Order()]);
    }

    private static IEnumerable<string> Included(XDocument xml, string item) =>
        xml.Descendants(item).Select(element => element.Attribute("Include")!.Value);
}
