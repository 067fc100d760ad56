using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text;
using MeshControl.Store.Rows;
using Microsoft.EntityFrameworkCore;

namespace MeshControl.Store.Batches;

/// <summary>
/// Writes volatile state, many nodes in one statement, new rows or old. It writes this one table and looks at a node's id alone, so it
/// cannot undo anything durable, and a node that is gone has no row to write.
/// </summary>
internal static class PresenceWriter
{
    /// <summary>Nodes per statement: far below SQLite's 32,766 parameters, and few enough that commits need not wait long.</summary>
    public const int NodesPerStatement = 500;

    // The clause after the join is what SQLite needs to tell the ON of the join from that of the conflict.
    private const string Head =
        """
        INSERT INTO node_presence (node_id, tailnet_id, last_seen, endpoints, net_info, home_derp, online)
        SELECT v.column1, n.tailnet_id, v.column2, v.column3, v.column4, v.column5, v.column6
        FROM (VALUES
        """;

    private const string Tail =
        """
        ) AS v
        JOIN node AS n ON n.id = v.column1
        WHERE 1 = 1
        ON CONFLICT (node_id) DO UPDATE SET
            last_seen = excluded.last_seen,
            endpoints = excluded.endpoints,
            net_info = excluded.net_info,
            home_derp = excluded.home_derp,
            online = excluded.online
        """;

    /// <param name="context">A fresh one.</param>
    /// <param name="rows">At most <see cref="NodesPerStatement"/>, each node once; their tailnet does not matter.</param>
    /// <param name="cancellationToken">Before the statement is sent.</param>
    public static async Task WriteAsync(MeshDbContext context, IReadOnlyList<NodePresenceRow> rows, CancellationToken cancellationToken)
    {
        await context.Database.OpenConnectionAsync(cancellationToken);
        await using var command = context.Database.GetDbConnection().CreateCommand();
        var text = new StringBuilder(Head);
        for (var index = 0; index < rows.Count; index++)
        {
            var row = rows[index];
            text.Append(index == 0 ? "(" : ", (")
                .Append(Parameter(command, DbType.Int64, row.NodeId)).Append(", ")
                .Append(Parameter(command, DbType.Int64, row.LastSeen)).Append(", ")
                .Append(Parameter(command, DbType.String, row.Endpoints)).Append(", ")
                .Append(Parameter(command, DbType.String, row.NetInfo)).Append(", ")
                .Append(Parameter(command, DbType.Int32, row.HomeDerp)).Append(", ")
                .Append(Parameter(command, DbType.Boolean, row.Online)).Append(')');
        }

#pragma warning disable CA2100 // Made of constants and parameter names.
        command.CommandText = text.Append(Tail).ToString();
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Adds a typed parameter, which PostgreSQL needs for NULL, and returns its name.</summary>
    private static string Parameter(DbCommand command, DbType type, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = "@p" + command.Parameters.Count.ToString(CultureInfo.InvariantCulture);
        parameter.DbType = type;
        parameter.Value = value ?? DBNull.Value;
        command.Parameters.Add(parameter);
        return parameter.ParameterName;
    }
}
