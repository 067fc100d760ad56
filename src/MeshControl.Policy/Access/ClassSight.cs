using System.Runtime.CompilerServices;

namespace MeshControl.Policy.Access;

/// <summary>
/// Which classes of nodes see which: one of the two may reach the other, so those that see a class are those that it sees. Found once per class
/// that somebody asks for, and carried from one map to the next for as long as no class appears, goes or is compiled anew.
/// </summary>
internal sealed class ClassSight(int classes)
{
    // Boxes, because a reference is written at once: several may find the same at the same time.
    private readonly StrongBox<Bits>?[] _found = new StrongBox<Bits>?[classes];

    /// <summary>The classes that a class sees; itself among them if its nodes see each other.</summary>
    public Bits Of(int id, CompiledPolicy policy, ClassTable classes)
    {
        if (Volatile.Read(ref _found[id]) is { } found)
        {
            return found.Value;
        }

        var seen = Find(id, policy, classes);
        Volatile.Write(ref _found[id], new StrongBox<Bits>(seen));
        return seen;
    }

    private static Bits Find(int id, CompiledPolicy policy, ClassTable classes)
    {
        if (classes.Cells[id] is not { } own)
        {
            return Bits.None;
        }

        var access = own.Access(policy, classes);
        var seen = new List<int>();
        for (var other = 0; other < classes.Cells.Length; other++)
        {
            if (classes.Cells[other] is { } cell && (access.IsOpenTo(other) || cell.Access(policy, classes).IsOpenTo(id)))
            {
                seen.Add(other);
            }
        }

        return Bits.Of(seen);
    }
}
