using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SQLitePCL;

/// <summary>A registered function of a row.</summary>
internal sealed unsafe class ScalarFunction(delegate_function_scalar function, object? userData)
{
    public static delegate* unmanaged[Cdecl]<nint, int, nint*, void> Callback => &OnCall;

    private void Invoke(sqlite3_context context, sqlite3_value[] arguments) => function(context, userData, arguments);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnCall(nint context, int count, nint* values)
    {
        try
        {
            Registration.Target<ScalarFunction>(Native.sqlite3_user_data(context))
                .Invoke(new sqlite3_context { Pointer = context }, Registration.Arguments(count, values));
        }
        catch (Exception exception)
        {
            Registration.Fail(context, exception);
        }
    }
}
