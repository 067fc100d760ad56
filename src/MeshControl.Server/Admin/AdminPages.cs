using System.Globalization;
using Google.Protobuf;
using MeshControl.Admin.Grpc;
using MeshControl.Server.Rpc;

namespace MeshControl.Server.Admin;

/// <summary>
/// Cuts lists into pages, in order of ids. The token of the next page is the last id shown, so that nothing that stays is
/// repeated or left out, whatever is added or removed between two pages.
/// </summary>
internal static class AdminPages
{
    /// <summary>Items of a page, whatever was asked for: some hundred KiB of ordinary nodes.</summary>
    public const int MaxItems = 1000;

    /// <summary>Bytes after which a page ends early: so far below the limit of a message that one more item always fits.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <param name="source">Everything, in any order.</param>
    /// <param name="id">Positive and unique.</param>
    /// <param name="show">Makes the message of an item; called for the items of the page only.</param>
    /// <param name="size">0 for the server's choice.</param>
    /// <param name="token">Empty for the first page.</param>
    public static RpcResult<AdminPage<TMessage>> Take<TItem, TMessage>(
        IEnumerable<TItem> source, Func<TItem, long> id, Func<TItem, TMessage> show, int size, string token)
        where TMessage : class, IMessage
    {
        var last = 0L;
        if (token.Length > 0 && !long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out last))
        {
            return RpcStatus.InvalidArgument("The page token is not one that this server gave out.");
        }

        if (size < 0)
        {
            return RpcStatus.InvalidArgument("The page size is negative.");
        }

        var limit = size is 0 or > MaxItems ? MaxItems : size;
        var first = last;
        var items = new List<TMessage>();
        var bytes = 0;
        foreach (var item in source.Where(item => id(item) > first).OrderBy(id))
        {
            if (items.Count == limit || bytes > MaxBytes)
            {
                return new AdminPage<TMessage>(items, last.ToString(CultureInfo.InvariantCulture));
            }

            var message = show(item);
            items.Add(message);
            bytes += message.CalculateSize();
            last = id(item);
        }

        return new AdminPage<TMessage>(items, "");
    }
}
