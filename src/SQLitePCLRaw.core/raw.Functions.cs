using System.Runtime.InteropServices;

namespace SQLitePCL;

/// <content>Registration of functions, collations and hooks.</content>
public static unsafe partial class raw
{
    private const int Utf8Encoding = 1;

    public static int sqlite3_create_function(
        sqlite3 db, string name, int argumentCount, object? userData, delegate_function_scalar? function) =>
        sqlite3_create_function(db, name, argumentCount, 0, userData, function);

    public static int sqlite3_create_function(
        sqlite3 db, string name, int argumentCount, int flags, object? userData, delegate_function_scalar? function)
    {
        if (function is null)
        {
            return RemoveFunction(db, name, argumentCount, flags);
        }

        // SQLite calls the destructor also when the registration fails, so the handle is never ours to free.
        return Native.sqlite3_create_function_v2(
            db,
            name,
            argumentCount,
            Utf8Encoding | flags,
            Pin(new ScalarFunction(function, userData)),
            ScalarFunction.Callback,
            null,
            null,
            Registration.Destroy);
    }

    public static int sqlite3_create_function(
        sqlite3 db,
        string name,
        int argumentCount,
        object? userData,
        delegate_function_aggregate_step? step,
        delegate_function_aggregate_final? final) =>
        sqlite3_create_function(db, name, argumentCount, 0, userData, step, final);

    public static int sqlite3_create_function(
        sqlite3 db,
        string name,
        int argumentCount,
        int flags,
        object? userData,
        delegate_function_aggregate_step? step,
        delegate_function_aggregate_final? final)
    {
        if (step is null || final is null)
        {
            return RemoveFunction(db, name, argumentCount, flags);
        }

        return Native.sqlite3_create_function_v2(
            db,
            name,
            argumentCount,
            Utf8Encoding | flags,
            Pin(new AggregateFunction(step, final, userData)),
            null,
            AggregateFunction.StepCallback,
            AggregateFunction.FinalCallback,
            Registration.Destroy);
    }

    public static int sqlite3_create_collation(sqlite3 db, string name, object? userData, strdelegate_collation? compare)
    {
        if (compare is null)
        {
            return Native.sqlite3_create_collation_v2(db, name, Utf8Encoding, 0, null, null);
        }

        var collation = Pin(new Collation(compare, userData, db.DangerousGetHandle()));
        var result = Native.sqlite3_create_collation_v2(db, name, Utf8Encoding, collation, Collation.Callback, Registration.Destroy);
        if (result != ResultCode.Ok)
        {
            // Unlike the registration of a function, a failing one of a collation does not call the destructor.
            GCHandle.FromIntPtr(collation).Free();
        }

        return result;
    }

    public static void sqlite3_rollback_hook(sqlite3 db, delegate_rollback? hook, object? userData) =>
        db.SetRollbackHook(hook is null ? null : new RollbackHook(hook, userData));

    private static int RemoveFunction(sqlite3 db, string name, int argumentCount, int flags) =>
        Native.sqlite3_create_function_v2(db, name, argumentCount, Utf8Encoding | flags, 0, null, null, null, null);

    /// <summary>Keeps the object alive until SQLite calls <see cref="Registration.Destroy"/> with the returned value.</summary>
    private static nint Pin(object registration) => GCHandle.ToIntPtr(GCHandle.Alloc(registration));
}
