#!/usr/bin/env bash
# Puts three stock clients of different versions into a tailnet of simulated nodes, on hosts of a network of their own, and watches them
# while the nodes join, change endpoints at a pace and all reconnect: how fast each client answers `tailscale status` meanwhile, and
# whether in the end it knows exactly the nodes that the server has, with their names, addresses and keys.
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

    dotnet "$load" --login-server "$MESH_URL" --authkey "$MESH_KEY" --server-pid "$MESH_PID" --nodes "$nodes" \
        --scenario join,churn,storm "$@" > "$place/load.log" 2>&1 &
    local running=$!
    while kill -0 "$running" 2> /dev/null; do
        for i in 1 2 3; do
            local began=$EPOCHREALTIME
            client "$i" status --json > "$place/status$i.json" || echo "client $i did not answer" >&2
            echo "$began $EPOCHREALTIME" >> "$place/times$i"
        done
        sleep 0.5
    done
    local good=yes
    wait "$running" || { cat "$place/load.log" >&2; good=NO; }

    # Now nothing happens any more but that the simulated nodes go offline.
    echo "| client | \`status\` asked | p50 / max, ms | peers | netmap is what the server has |"
    echo "|---|---|---|---|---|"
    for i in 1 2 3; do
        local same=NO wanted known
        for _ in $(seq 60); do
            wanted=$("$MESH_CTL" nodes list -o json | jq -c --arg self "real$i" \
                '[.[] | select(.given_name != $self) | [.given_name, .node_key, (.ip_addresses | sort), (.online // false)]] | sort')
            # What came as patches is in the status; the netmap that some versions print lacks it.
            known=$(client "$i" status --json | jq -c \
                '[.Peer[] | [(.DNSName | split(".")[0]), .PublicKey, (.TailscaleIPs | sort), .Online]] | sort')
            [ "$wanted" != "$known" ] || { same=yes; break; }
            sleep 1
        done
        [ $same = yes ] || { good=NO; diff <(jq -c '.[]' <<< "$wanted") <(jq -c '.[]' <<< "$known") | head -n 10 >&2 || true; }
        sort -n <(awk '{ printf "%.1f\n", 1000 * ($2 - $1) }' "$place/times$i") | awk -v version="${versions[i - 1]}" \
            -v peers="$(jq length <<< "$known")" -v same=$same '
            { t[NR] = $1 } END { printf "| %s | %d times | %s / %s | %d | %s |\n", version, NR, t[int((NR + 1) / 2)], t[NR], peers, same }'
    done
    [ $good = yes ]
}
export -f beside_the_server client
export clients load nodes
# Arrays cannot be exported.
"$clients/lab" exec 0 "$root/tests/with-server.sh" bash -c "versions=(${versions[*]}); "'set -euo pipefail; beside_the_server "$@"' bash "$@"
