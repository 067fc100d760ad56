#!/usr/bin/env bash
# Measures the server's own relay beside the relay of the stock clients' library, with that library's own clients as load: in every
# round both take each load one after the other, and who begins changes from round to round. Prints a table of medians and ratios.
# Needs the client directory (MESHCONTROL_CLIENT_DIR, else ../shared/client), but no root.
#
#   tests/measure-relay.sh                                          3 rounds of 5 s a load, some 5 minutes
#   tests/measure-relay.sh --rounds 5 --seconds 10 --loads "pace20000 max1200"
#   tests/measure-relay.sh --ours https://127.0.0.1:8443/derp --pid 1234     a relay that runs, and lets unknown clients in
#   tests/measure-relay.sh --keep results.tsv                       leaves every single figure there
#
# Loads: pace10000, pace20000 (one pair, 1,200 bytes, packets a second), pairs4 (four pairs of 5,000 a second), max64, max1200,
# max16000 (one pair, bytes a packet, as fast as it goes), idle5000 (connections; both relays are started anew for it). A relay that was
# just started has a load of 2 s that is not measured.
#
# MESHCONTROL_BINARY names a published server, else the one in artifacts/publish is used, or made.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
clients=${MESHCONTROL_CLIENT_DIR:-$root/../shared/client}
binary=${MESHCONTROL_BINARY:-$root/artifacts/publish/meshctl}
[ -f "$clients/launch" ] || { echo "No client directory at $clients; MESHCONTROL_CLIENT_DIR can name another one." >&2; exit 2; }

rounds=3 seconds=5 loads="pace10000 pace20000 pairs4 max64 max1200 max16000 idle5000" given_url= given_pid= keep=
while [ $# -gt 0 ]; do
    case $1 in
    --rounds) rounds=$2 ;;
    --seconds) seconds=$2 ;;
    --loads) loads=$2 ;;
    --ours) given_url=$2 ;;
    --pid) given_pid=$2 ;;
    --keep) keep=$2 ;;
    *) sed -n '2,16s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
    shift 2
done
[ -z "$given_url" ] || [ -n "$given_pid" ] || { echo "--ours needs --pid, the relay's process." >&2; exit 2; }
[ -n "$given_url" ] || [ -x "$binary" ] ||
    dotnet publish "$root/src/MeshControl.Cli" -c Release -o "$(dirname "$binary")" -v quiet -nologo >&2

work=$(mktemp -d)
declare -A pid=() url=()
stop() {
    [ -z "${pid[$1]:-}" ] || [ "${pid[$1]}" = "$given_pid" ] || { kill "${pid[$1]}" 2> /dev/null && wait "${pid[$1]}" 2> /dev/null || true; }
    pid[$1]=
}
finish() {
    stop ours
    stop reference
    rm -rf "$work"
}
trap finish EXIT
ulimit -n "$(ulimit -H -n)"

# The launcher goes by the name of the link it is called through.
ln -s "$(readlink -f "$clients/launch")" "$work/derpload"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=relay.test \
    -addext subjectAltName=DNS:relay.test,IP:127.0.0.1 -keyout "$work/tls.key" -out "$work/tls.crt" 2> /dev/null

answers() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }
free_port() {
    local port
    while port=$((20000 + RANDOM % 20000)) && answers "$port"; do :; done
    echo "$port"
}
wait_for() {
    for _ in $(seq 200); do
        ! answers "$2" || return 0
        kill -0 "${pid[$1]}" 2> /dev/null || break
        sleep 0.1
    done
    echo "The relay '$1' does not listen:" >&2
    cat "$work/$1.log" >&2
    exit 1
}
start() {
    stop "$1"
    local port
    port=$(free_port)
    if [ "$1" = reference ]; then
        "$work/derpload" serve --addr "127.0.0.1:$port" > "$work/reference.log" 2>&1 &
    elif [ -n "$given_url" ]; then
        url[ours]=$given_url pid[ours]=$given_pid
        return
    else
        cat > "$work/config.yaml" << END
server_url: https://127.0.0.1:$port
listen_addr: 127.0.0.1:$port
tls_cert_path: $work/tls.crt
tls_key_path: $work/tls.key
unix_socket: $work/meshcontrol.sock
noise: {private_key_path: $work/noise_private.key}
log: {level: warn}
database: {type: sqlite, sqlite: {path: $work/db.sqlite}}
derp: {server: {verify_clients: false, private_key_path: $work/derp_private.key, stun: {enabled: false}}}
END
        "$binary" serve -c "$work/config.yaml" > "$work/ours.log" 2>&1 &
    fi
    pid[$1]=$! url[$1]=https://127.0.0.1:$port/derp
    wait_for "$1" "$port"
    # Not measured: the runtime compiles what it finds to be hot.
    "$work/derpload" --url "${url[$1]}" --seconds 2 > /dev/null
}

arguments() {
    case $1 in
    pace*) echo "--pairs 1 --size 1200 --rate ${1#pace}" ;;
    pairs*) echo "--pairs ${1#pairs} --size 1200 --rate 5000" ;;
    max*) echo "--pairs 1 --size ${1#max} --rate 0" ;;
    idle*) echo "--pairs 1 --size 1200 --rate 10 --idle ${1#idle}" ;;
    *) echo "There is no load '$1'." >&2; return 2 ;;
    esac
}
# One figure of a line of JSON, whatever object it is in.
figure() { sed -n "s/.*\"$2\":\([0-9.eE+-]*\).*/\1/p" <<< "$1"; }

results=$work/results.tsv
for round in $(seq "$rounds"); do
    for load in $loads; do
        given=$(arguments "$load")
        order="ours reference"
        [ $((round % 2)) = 1 ] || order="reference ours"
        for side in $order; do
            if [ -z "${pid[$side]:-}" ] || [[ $load = idle* ]]; then
                start "$side"
            fi
            # The arguments are several words.
            # shellcheck disable=SC2086
            line=$("$work/derpload" --url "${url[$side]}" --pid "${pid[$side]}" --seconds "$seconds" $given)
            echo "round $round, $load, $side: $line" >&2
            for name in packets_per_s loss p50 p99 relay_cpu_s arrived idle_kb_each relay_rss_mb; do
                value=$(figure "$line" "$name")
                [ -z "$value" ] || printf '%s\t%s\t%s\t%s\t%s\n' "$load" "$name" "$side" "$round" "$value" >> "$results"
            done
        done
    done
done
[ -z "$keep" ] || cp "$results" "$keep"

# What a load is about: the figure, its unit and how many digits.
sort -t $'\t' -k1,1 -k2,2 -k3,3 -k5,5g "$results" | awk -F '\t' -v loads="$loads" '
    { count[$1, $2, $3]++; value[$1, $2, $3, count[$1, $2, $3]] = $5; single[$1, $2, $3, $4] = $5; rounds = $4 > rounds ? $4 : rounds }
    function middle(load, name, side,   n) {
        n = count[load, name, side]
        if (n == 0) return ""
        return n % 2 ? value[load, name, side, (n + 1) / 2] : (value[load, name, side, n / 2] + value[load, name, side, n / 2 + 1]) / 2
    }
    function row(load, what, ours, theirs, format,   ratio) {
        ratio = theirs + 0 ? sprintf("%.2f", ours / theirs) : "-"
        printf "| %s | %s | " format " | " format " | %s |\n", load, what, ours, theirs, ratio
    }
    function plain(load, what, name, format, factor) {
        if (middle(load, name, "ours") != "" && middle(load, name, "reference") != "")
            row(load, what, factor * middle(load, name, "ours"), factor * middle(load, name, "reference"), format)
    }
    # Of each round by itself, then the middle one.
    function per_cpu(load,   side, r, cpu) {
        for (side in sides) {
            count[load, "per_cpu", side] = 0
            for (r = 1; r <= rounds; r++) {
                cpu = single[load, "relay_cpu_s", side, r]
                if (cpu > 0) insert(load, "per_cpu", side, single[load, "arrived", side, r] / cpu)
            }
        }
        plain(load, "packets per CPU second", "per_cpu", "%.0f", 1)
    }
    function insert(load, name, side, x,   i) {
        for (i = ++count[load, name, side]; i > 1 && value[load, name, side, i - 1] > x; i--)
            value[load, name, side, i] = value[load, name, side, i - 1]
        value[load, name, side, i] = x
    }
    END {
        sides["ours"]; sides["reference"]
        print "| load | figure, median | ours | reference | ratio |"
        print "|---|---|---|---|---|"
        n = split(loads, list, " ")
        for (i = 1; i <= n; i++) {
            load = list[i]
            if (load ~ /^idle/) {
                plain(load, "KB per connection", "idle_kb_each", "%.1f", 1)
                plain(load, "relay, MB in all", "relay_rss_mb", "%.0f", 1)
                continue
            }
            plain(load, "packets arrived per second", "packets_per_s", "%.0f", 1)
            if (load !~ /^max/) {
                plain(load, "loss, per cent", "loss", "%.2f", 100)
                plain(load, "latency p50, ms", "p50", "%.3f", 1)
                plain(load, "latency p99, ms", "p99", "%.3f", 1)
            }
            plain(load, "relay, CPU seconds", "relay_cpu_s", "%.2f", 1)
            per_cpu(load)
        }
    }'
