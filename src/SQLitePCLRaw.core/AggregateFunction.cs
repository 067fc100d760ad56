using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SQLitePCL;

/// <summary>
/// A registered aggregate. Each group gets a few bytes of memory from SQLite; they hold a handle to the group's
/// <see cref="sqlite3_context"/>, made by the first step and freed at the end, which SQLite calls after errors too.
/// </summary>
internal sealed unsafe class AggregateFunction(
    delegate_function_aggregate_step step, delegate_function_aggregate_final final, object? userData)
{
    public static delegate* unmanaged[Cdecl]<nint, int, nint*, void> StepCallback => &OnStep;

    public static delegate* unmanaged[Cdecl]<nint, void> FinalCallback => &OnFinal;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnStep(nint context, int count, nint* values)
    {
        try
        {
            var slot = Native.sqlite3_aggregate_context(context, sizeof(nint));
            if (slot is null)
            {
                Native.sqlite3_result_error_code(context, ResultCode.OutOfMemory);
                return;
            }

            if (*slot == 0)
            {
                *slot = GCHandle<sqlite3_context>.ToIntPtr(new GCHandle<sqlite3_context>(new sqlite3_context()));
            }

            var group = Registration.Target<sqlite3_context>(*slot);
            group.Pointer = context;
            Registration.Target<AggregateFunction>(Native.sqlite3_user_data(context))
                .Step(group, Registration.Arguments(count, values));
        }
        catch (Exception exception)
        {
            Registration.Fail(context, exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnFinal(nint context)
    {
        try
        {
            var group = TakeGroup(context);
            group.Pointer = context;
            Registration.Target<AggregateFunction>(Native.sqlite3_user_data(context)).Final(group);
        }
        catch (Exception exception)
        {
            Registration.Fail(context, exception);
        }
    }

    /// <summary>The group's object, no longer held by SQLite's memory; a new one for a group without rows.</summary>
    private static sqlite3_context TakeGroup(nint context)
    {
        // Size 0: do not allocate now.
        var slot = Native.sqlite3_aggregate_context(context, 0);
        if (slot is null || *slot == 0)
        {
            return new sqlite3_context();
        }

        using var handle = GCHandle<sqlite3_context>.FromIntPtr(*slot);
        *slot = 0;
        return handle.Target;
    }

    private void Step(sqlite3_context group, sqlite3_value[] arguments) => step(group, userData, arguments);

    private void Final(sqlite3_context group) => final(group, userData);
}
