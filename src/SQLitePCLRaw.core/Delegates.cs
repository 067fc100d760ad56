namespace SQLitePCL;

/// <summary>A function of a row.</summary>
public delegate void delegate_function_scalar(sqlite3_context ctx, object? user_data, sqlite3_value[] args);

/// <summary>One row of an aggregate.</summary>
public delegate void delegate_function_aggregate_step(sqlite3_context ctx, object? user_data, sqlite3_value[] args);

/// <summary>The end of an aggregate; called exactly once per group, after errors too.</summary>
public delegate void delegate_function_aggregate_final(sqlite3_context ctx, object? user_data);

/// <summary>The order of two texts: negative, zero or positive.</summary>
public delegate int strdelegate_collation(object? user_data, string s1, string s2);

/// <summary>A transaction is being rolled back.</summary>
public delegate void delegate_rollback(object? user_data);
