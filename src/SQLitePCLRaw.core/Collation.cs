using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace SQLitePCL;

/// <summary>
/// A registered collation. SQLite gives a comparison no way to report an error, and a made-up order could end in an index; so an
/// exception interrupts the connection's running statement, which then fails.
/// </summary>
internal sealed unsafe class Collation(strdelegate_collation compare, object? userData, nint connection)
{
    public static delegate* unmanaged[Cdecl]<nint, int, byte*, int, byte*, int> Callback => &OnCompare;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnCompare(nint handle, int leftCount, byte* left, int rightCount, byte* right)
    {
        var leftText = new ReadOnlySpan<byte>(left, leftCount);
        var rightText = new ReadOnlySpan<byte>(right, rightCount);
        var collation = Registration.Target<Collation>(handle);
        try
        {
            return collation.Compare(Encoding.UTF8.GetString(leftText), Encoding.UTF8.GetString(rightText));
        }
        catch (Exception)
        {
            collation.Interrupt();

            // Until the statement stops, any consistent order will do.
            return leftText.SequenceCompareTo(rightText);
        }
    }

    private int Compare(string left, string right) => compare(userData, left, right);

    // The connection is alive: one of its statements is running.
    private void Interrupt() => Native.sqlite3_interrupt(connection);
}
