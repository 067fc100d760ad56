#!/usr/bin/env bash
# Puts three stock clients of different versions into a tailnet of simulated nodes, on hosts of a network of their own, and watches them
# while the nodes join, change endpoints at a pace and all reconnect: how fast each client answers `tailscale status` before and in each of
# these phases, and whether after each it knows exactly the nodes that the server has, with their names, addresses and keys, and in the end
# also who is online. On a machine that is busy with other things the first column tells what a program's start alone takes.
# Needs root, iproute2, jq and the client directory (MESHCONTROL_CLIENT_DIR, else ../shared/client).
#
#   tests/measure-clients.sh                    1,000 nodes
#   tests/measure-clients.sh 200 --seconds 10   further arguments go to LoadTest
#
# Server and database are chosen as for with-server.sh.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
clients=${MESHCONTROL_CLIENT_DIR:-$root/../shared/client}
load=${MESHCONTROL_LOADTEST:-$root/tests/MeshControl.LoadTest/bin/Release/net10.0/MeshControl.LoadTest.dll}
[ -f "$clients/launch" ] || { echo "No client directory at $clients; MESHCONTROL_CLIENT_DIR can name another one." >&2; exit 2; }
[ -f "$load" ] || dotnet build "$root/tests/MeshControl.LoadTest" -c Release -v quiet -nologo >&2
nodes=${1:-1000}
[ $# = 0 ] || shift
[[ " $* " = *" --seconds"* ]] || set -- --seconds 30 "$@"

export LAB=${LAB:-mload} MESHCONTROL_HOST=10.99.0.1 place
place=$(mktemp -d)
versions=(1.80.3 1.90.9 1.102.5)
finish() {
    for pid in "$place"/*.pid; do
        [ ! -f "$pid" ] || kill "$(cat "$pid")" 2> /dev/null || true
    done
    # The programs have to be gone before their hosts are.
    for _ in $(seq 50); do
        pgrep -F <(cat "$place"/*.pid 2> /dev/null) > /dev/null 2>&1 || break
        sleep 0.1
    done
    "$clients/lab" down || true
    rm -rf "$place"
}
trap finish EXIT
# The launcher goes by the name of the link it is called through.
ln -s "$(readlink -f "$clients/launch")" "$place/tailscaled"
ln -s "$(readlink -f "$clients/launch")" "$place/tailscale"
"$clients/lab" up ${#versions[@]}

# The command line of a client's own version.
client() {
    local i=$1
    shift
    CLIENT_VERSION=${versions[i - 1]} timeout 20 "$place/tailscale" --socket="$place/$i.sock" "$@"
}

# Asks client $1 for its status and keeps it, and how long that took in phase $2.
ask() {
    local began=$EPOCHREALTIME
    client "$1" status --json > "$place/status$1.json" || echo "client $1 did not answer" >&2
    echo "$2 $began $EPOCHREALTIME" >> "$place/times$1"
}

# Compares client $1 with the server until they agree or a minute has passed; $2 is what jq makes of "online or not".
agree() {
    local wanted known
    for _ in $(seq 60); do
        wanted=$("$MESH_CTL" nodes list -o json | jq -c --arg self "real$1" \
            "[.[] | select(.given_name != \$self) | [.given_name, .node_key, (.ip_addresses | sort), ((.online // false) | $2)]] | sort")
        # What came as patches is in the status; the netmap that some versions print lacks it.
        known=$(client "$1" status --json | jq -c "[.Peer[] | [(.DNSName | split(\".\")[0]), .PublicKey, (.TailscaleIPs | sort), (.Online | $2)]] | sort")
        if [ "$wanted" = "$known" ]; then
            jq length <<< "$known"
            return
        fi
        sleep 1
    done
    diff <(jq -c '.[]' <<< "$wanted") <(jq -c '.[]' <<< "$known") | head -n 10 >&2 || true
    return 1
}

# Runs on host 0 beside the server.
beside_the_server() {
    local i
    for i in 1 2 3; do
        "$clients/lab" exec "$i" env CLIENT_VERSION="${versions[i - 1]}" "$place/tailscaled" --statedir="$place/state$i" \
            --socket="$place/$i.sock" > "$place/client$i.log" 2>&1 &
        echo $! > "$place/$i.pid"
        for _ in $(seq 300); do [ ! -S "$place/$i.sock" ] || break; sleep 0.1; done
        client "$i" up --login-server="$MESH_URL" --authkey="$MESH_KEY" --hostname="real$i"
    done

    for _ in $(seq 10); do
        for i in 1 2 3; do ask "$i" alone; done
    done
    dotnet "$load" --login-server "$MESH_URL" --authkey "$MESH_KEY" --server-pid "$MESH_PID" --nodes "$nodes" \
        --scenario join,churn,storm "$@" > "$place/load.log" 2>&1 &
    local running=$! phase=join good=yes now
    while kill -0 "$running" 2> /dev/null; do
        # A scenario is printed when it is over. From the second one on the nodes stay the same, though not who is online.
        now=$(awk '/^join, / { now = "churn" } /^churn, / { now = "storm" } END { print now ? now : "join" }' "$place/load.log")
        if [ "$now" != "$phase" ]; then
            phase=$now
            for i in 1 2 3; do
                agree "$i" "null" > /dev/null || { echo "client $i did not know the nodes when $phase began" >&2; good=NO; }
            done
        fi
        for i in 1 2 3; do ask "$i" "$phase"; done
        sleep 0.5
    done
    wait "$running" || { cat "$place/load.log" >&2; good=NO; }

    # Now nothing happens any more but that the simulated nodes go offline.
    echo "| client | \`status\`, p50 / max in ms: alone | join | churn | storm | peers | knows what the server has |"
    echo "|---|---|---|---|---|---|---|"
    for i in 1 2 3; do
        local same=yes peers
        peers=$(agree "$i" ".") || { same=NO good=NO; }
        printf '| %s ' "${versions[i - 1]}"
        for phase in alone join churn storm; do
            awk -v phase=$phase '$1 == phase { printf "%.0f\n", 1000 * ($3 - $2) }' "$place/times$i" | sort -n \
                | awk '{ t[NR] = $1 } END { if (NR) printf "| %s / %s ", t[int((NR + 1) / 2)], t[NR]; else printf "| – " }'
        done
        echo "| $peers | $same |"
    done
    echo "Load average: $(cut -d ' ' -f 1-3 /proc/loadavg)"
    [ $good = yes ]
}
export -f beside_the_server client ask agree
export clients load nodes
# Arrays cannot be exported.
"$clients/lab" exec 0 "$root/tests/with-server.sh" bash -c "versions=(${versions[*]}); "'set -euo pipefail; beside_the_server "$@"' bash "$@"
