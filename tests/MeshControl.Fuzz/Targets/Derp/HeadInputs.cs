using System.Text;
using MeshControl.Derp.Http;
using MeshControl.Fuzz.Engine;
using MeshControl.Fuzz.Mutations;

namespace MeshControl.Fuzz.Targets.Derp;

/// <summary>The first bytes of a connection, by which the relay takes it over before any web server sees it.</summary>
internal sealed class HeadInputs : IDisposable
{
    private const int MaxInput = RelayHead.MaxLength + 1024;

    private static readonly byte[][] Heads =
    [
        .. new[]
        {
            "GET /derp HTTP/1.1\r\nHost: relay.example.com\r\nUser-Agent: Go-http-client/1.1\r\nConnection: Upgrade\r\nUpgrade: DERP\r\n\r\n",
            "GET /derp HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: DERP\r\nDerp-Fast-Start: 1\r\nIdeal-Node: 1a\r\n\r\n\x02\0\0\0",
            "GET /derp?x=y HTTP/1.1\r\nupgrade:\t derp \r\nIdeal-Node:\r\n\r\n",
            "GET /derp HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: derp\r\n\r\n",
            "GET /derp/probe HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /derp HTTP/1.1\r\nUpgrade: DERP\r\nContent-Length: 4\r\n\r\nabcd",
            "GET /derp HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: DERP\r\nTransfer-Encoding: chunked\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        }.Select(Encoding.Latin1.GetBytes),
        .. new[] { -1, 0, 1 }.Select(excess => WithLength(RelayHead.MaxLength + excess)),
    ];

    private readonly ByteMutator _input = new(MaxInput);
    private readonly ScriptedStream _stream = new();
    private readonly Pump _pump = new();

    public void Run(FuzzRandom random, Tally tally)
    {
        _input.Load(random.Pick(Heads));
        if (!random.OneIn(8))
        {
            _input.Mutate(random, random.Pick(Heads));
        }

        var isExpected = TryRead(Encoding.Latin1.GetString(_input.Span), out var expected, out var length);
        _stream.Begin(_input.Memory, random, writesBeforeHold: -1);
        var first = _pump.Run(() => RelayEntry.ReadAsync(_stream, CancellationToken.None).AsTask());

        var rest = first.Rest.Span;
        var read = _input.Length - _stream.UnreadLength;
        RuleBrokenException.Require(first.Relay.HasValue == isExpected, $"a head is taken for {(isExpected ? "none" : "one")} of the relay's");
        RuleBrokenException.Require(!isExpected || first.Relay == expected, "a head was understood as another");
        RuleBrokenException.Require(rest.SequenceEqual(_input.Span[(isExpected ? length : 0)..read]), "bytes behind the head were lost");
        CheckPrefix(random, isExpected, length);
        tally.Count(!isExpected ? "head: for the web server" : expected.IsFastStart ? "head: fast start" : "head: relay");
    }

    public void Dispose() => _stream.Dispose();

    private static byte[] WithLength(int length)
    {
        const string Head = "GET /derp HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: DERP\r\nX: ";
        return Encoding.Latin1.GetBytes(Head + new string('x', length - Head.Length - 4) + "\r\n\r\n");
    }

    // The same with strings, which the parser does without.
    private static bool TryRead(string text, out RelayRequest request, out int length)
    {
        request = default;
        length = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        if (length < 4 || length > RelayHead.MaxLength
            || !(text.StartsWith("GET /derp ", StringComparison.Ordinal) || text.StartsWith("GET /derp?", StringComparison.Ordinal)))
        {
            return false;
        }

        var lines = text[..(length - 4)].Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(':', 2)).ToArray();
        if (!lines[0].EndsWith(" HTTP/1.1", StringComparison.Ordinal) || headers.Any(header => header.Length < 2 || !IsName(header[0]) || !IsValue(header[1])))
        {
            return false;
        }

        string[] Values(string name) =>
            [.. headers.Where(header => header[0].Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header[1].Trim(' ', '\t'))];
        var upgrades = Values("Upgrade");
        request = new RelayRequest(Values("Derp-Fast-Start").LastOrDefault() == "1", Values("Ideal-Node").LastOrDefault("").Length == 0);
        return upgrades.Length > 0 && upgrades.All(value => value.Equals("derp", StringComparison.OrdinalIgnoreCase))
            && Values("Host").Length == 1
            && Values("Connection").SelectMany(value => value.Split(',')).Any(word => word.Trim(' ', '\t').Equals("upgrade", StringComparison.OrdinalIgnoreCase))
            && Values("Content-Length").Length + Values("Transfer-Encoding").Length == 0;
    }

    private static bool IsName(string text) =>
        text.Length > 0 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter, StringComparison.Ordinal));

    private static bool IsValue(string text) => !text.Any(letter => letter is < ' ' and not '\t' or '\x7f');

    // Less of the same bytes is unfinished at most: nothing that was said is taken back when more comes.
    private void CheckPrefix(FuzzRandom random, bool isRelay, int length)
    {
        var prefix = _input.Span[..random.Below(_input.Length + 1)];
        var status = RelayHead.Parse(prefix, out _, out var found);
        RuleBrokenException.Require(
            status switch
            {
                RelayHeadStatus.Relay => isRelay && found == length,
                RelayHeadStatus.Other => !isRelay,
                _ => !isRelay || prefix.Length < length,
            },
            $"a part of a head is {status}");
    }
}
