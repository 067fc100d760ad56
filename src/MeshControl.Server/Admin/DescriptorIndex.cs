using Google.Protobuf.Reflection;

namespace MeshControl.Server.Admin;

/// <summary>The files of a contract, by their names and by what is declared in them. Immutable.</summary>
internal sealed class DescriptorIndex
{
    private readonly Dictionary<string, FileDescriptor> _files;
    private readonly Dictionary<string, FileDescriptor> _symbols = new(StringComparer.Ordinal);
    private readonly HashSet<string> _messages = new(StringComparer.Ordinal);

    public DescriptorIndex(IReadOnlyCollection<ServiceDescriptor> services)
    {
        Services = [.. services.Select(service => service.FullName).Order(StringComparer.Ordinal)];
        _files = services.SelectMany(service => WithImports(service.File)).DistinctBy(file => file.Name).ToDictionary(file => file.Name);
        foreach (var file in _files.Values)
        {
            AddAll(file, file.Services.SelectMany(service => service.Methods.Select(method => method.FullName).Prepend(service.FullName)));
            AddAll(file, file.EnumTypes.Select(type => type.FullName));
            foreach (var message in file.MessageTypes)
            {
                Add(file, message);
            }
        }
    }

    /// <summary>Full names, sorted.</summary>
    public IReadOnlyList<string> Services { get; }

    public FileDescriptor? FindFile(string name) => _files.GetValueOrDefault(name);

    /// <param name="name">Full name of a service, method, message or enumeration.</param>
    public FileDescriptor? FindSymbol(string name) => _symbols.GetValueOrDefault(name);

    public bool IsMessage(string name) => _messages.Contains(name);

    /// <summary>A file and all that it needs, each once, the file first.</summary>
    public static IEnumerable<FileDescriptor> WithImports(FileDescriptor file) =>
        file.Dependencies.SelectMany(WithImports).Prepend(file).DistinctBy(one => one.Name);

    private void Add(FileDescriptor file, MessageDescriptor message)
    {
        _messages.Add(message.FullName);
        AddAll(file, [message.FullName, .. message.EnumTypes.Select(type => type.FullName)]);
        foreach (var nested in message.NestedTypes)
        {
            Add(file, nested);
        }
    }

    private void AddAll(FileDescriptor file, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            _symbols[name] = file;
        }
    }
}
