#!/usr/bin/env bash
# Measures the map engine of the published server with simulated nodes, and prints Markdown: one table with a column per case, and one
# with the budgets of docs/architecture/performance.md that the cases say something about. A server of its own for each case.
#
#   tests/measure-map.sh                             the cases of the budgets: all300 all1000 own10000x50
#   tests/measure-map.sh peer                        all100 all300 all500 own1000x50, as the peer was measured
#   tests/measure-map.sh growth                      own1000x5 own3000x15 own10000x50 all500 all1000 all2000
#   tests/measure-map.sh --tool tsload all300        with the generator that is made of the stock client's own types, from the client
#                                                    directory (MESHCONTROL_CLIENT_DIR, else ../shared/client)
#   tests/measure-map.sh --keep DIR all500           leaves what the generator said there
#
# A case is all<NODES>, where everyone sees everyone, or own<NODES>x<USERS>, where nodes see those of their own user. Server and
# generator share the machine: processor seconds are what carries over to another one. Database and port are chosen as for
# with-server.sh. MESHCONTROL_LIMIT is how many seconds a scenario may take, 900 if it is not set.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
clients=${MESHCONTROL_CLIENT_DIR:-$root/../shared/client}
load=${MESHCONTROL_LOADTEST:-$root/tests/MeshControl.LoadTest/bin/Release/net10.0/MeshControl.LoadTest.dll}
limit=${MESHCONTROL_LIMIT:-900}

tool=load keep= cases=()
while [ $# -gt 0 ]; do
    case $1 in
    --tool) tool=$2; shift ;;
    --keep) keep=$2; shift ;;
    peer) cases+=(all100 all300 all500 own1000x50) ;;
    growth) cases+=(own1000x5 own3000x15 own10000x50 all500 all1000 all2000) ;;
    *)
        [[ $1 =~ ^(all[0-9]+|own[0-9]+x[0-9]+)$ ]] || { sed -n '2,17s/^# \{0,1\}//p' "$0" >&2; exit 2; }
        cases+=("$1")
        ;;
    esac
    shift
done
[ ${#cases[@]} -gt 0 ] || cases=(all300 all1000 own10000x50)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ "$tool" = tsload ]; then
    [ -f "$clients/launch" ] || { echo "No client directory at $clients; MESHCONTROL_CLIENT_DIR can name another one." >&2; exit 2; }
    # The launcher goes by the name of the link it is called through.
    ln -s "$(readlink -f "$clients/launch")" "$work/tsload"
elif [ ! -f "$load" ]; then
    dotnet build "$root/tests/MeshControl.LoadTest" -c Release -v quiet -nologo >&2
fi

# What the server is known by is expanded by the inner shell.
# shellcheck disable=SC2016
run_load() {
    "$root/tests/with-server.sh" bash -c 'exec dotnet "$@" --login-server "$MESH_URL" --authkeys "$MESH_KEYS" --server-pid "$MESH_PID" \
            --set-policy "\"\$MESH_CTL\" policy set -f -" --during "\"\$MESH_CTL\" nodes list -o json"' bash \
        "$load" --scenario join,late,change,churn,policy,storm,idle --nodes "$nodes" --expect "$expect" --storm "$nodes" \
        --changes ${MESHCONTROL_CHANGES:-100} --policies 5 --seconds ${MESHCONTROL_SECONDS:-30} --sample 500 --limit "$limit" --json "$1.json" > "$1.log"
}
# shellcheck disable=SC2016
run_tsload() {
    "$root/tests/with-server.sh" bash -c 'exec "$@" --control "$MESH_URL" --authkeys "$MESH_KEYS" --pid "$MESH_PID"' bash \
        "$work/tsload" --nodes "$nodes" --expect $((nodes / users - 1)) --changes 100 --ups 20 --idle 60s --limit "${limit}s" > "$1.json" 2> "$1.log"
}

for case in "${cases[@]}"; do
    nodes=${case//[^0-9x]/} users=1 expect=all policy=
    if [[ $case = own* ]]; then
        users=${nodes#*x} nodes=${nodes%x*} expect=own policy=own
    fi
    echo "$case with $tool, load average $(cut -d ' ' -f 1-3 /proc/loadavg)" >&2
    good=yes
    MESHCONTROL_USERS=$users MESHCONTROL_POLICY=$policy "run_$tool" "$work/$case" || good=NO
    [ $good = yes ] || tail -n 40 "$work/$case.log" >&2
    echo "$good" > "$work/$case.good"
    # One line a phase, whoever wrote it.
    if [ -f "$work/$case.json" ] && [ "$tool" = load ]; then
        tr -d ' \n' < "$work/$case.json" | sed 's/{"phase"/\n&/g' > "$work/$case.lines"
    elif [ -f "$work/$case.json" ]; then
        cp "$work/$case.json" "$work/$case.lines"
    fi
    [ -z "$keep" ] || { mkdir -p "$keep" && cp "$work/$case".* "$keep"; }
done

# A figure of a case: phase, name, and for a distribution which of its values; "-" where there is none.
figure() {
    local line value pattern
    line=$(grep "\"phase\":\"$2\"" "$work/$1.lines" 2> /dev/null || true)
    pattern="\"$3\":\([0-9.eE+-]*\)"
    [ $# -lt 4 ] || pattern="\"$3\":{[^}]*\"$4\":\([0-9.eE+-]*\)"
    value=$(sed -n "s/.*$pattern.*/\1/p" <<< "$line")
    echo "${value:--}"
}
# The same scenario goes by two names.
name_of() {
    case $tool-$1 in
    tsload-late) echo up ;;
    tsload-change) echo churn ;;
    *) echo "$1" ;;
    esac
}
row() {
    local label=$1 case cell part fields
    shift
    printf '| %s |' "$label"
    for case in "${cases[@]}"; do
        cell=
        for part in "$@"; do
            read -ra fields <<< "$part"
            cell+="${cell:+ / }$(figure "$case" "$(name_of "${fields[0]}")" "${fields[@]:1}")"
        done
        printf ' %s |' "$cell"
    done
    echo
}
idle_share() {
    local case seconds used
    printf '| idle: server, %% of a core |'
    for case in "${cases[@]}"; do
        seconds=$(figure "$case" idle seconds) used=$(figure "$case" idle server_cpu_percent)
        [ "$used" != - ] || [ "$seconds" = - ] ||
            used=$(awk -v used="$(figure "$case" idle server_cpu_s)" -v seconds="$seconds" 'BEGIN { printf "%.2f", 100 * used / seconds }')
        printf ' %s |' "$used"
    done
    echo
}

printf '| |'; printf ' %s |' "${cases[@]}"; echo
printf '|---|'; printf '%s' "${cases[@]/*/---|}"; echo
row "join: all know all, s" "join converged_s"
row "join: processor seconds, server / load" "join server_cpu_s" "join load_cpu_s"
row "late joiner: first map, p50 / p99, ms" "late first_map_ms p50" "late first_map_ms p99"
row "late joiner seen by one, p50 / max, ms" "late seen_ms p50" "late seen_ms max"
row "changed endpoint seen by one, p50 / p99, ms" "change seen_ms p50" "change seen_ms p99"
if [ "$tool" = load ]; then
    row "20 changes a second, seen by one, p50 / p99, ms" "churn seen_ms p50" "churn seen_ms p99"
    row "policy at all nodes, p50 / max, ms" "policy seen_by_all_ms p50" "policy seen_by_all_ms max"
    row "policies: processor seconds of the server" "policy server_cpu_s"
fi
row "storm: all have their map, s" "storm converged_s"
row "storm: processor seconds, server / load" "storm server_cpu_s" "storm load_cpu_s"
[ "$tool" != load ] || row "\`nodes list\` in the storm, p50 / max, ms" "storm command_ms p50" "storm command_ms max"
idle_share
row "idle: server, MB of memory" "idle server_rss_mb"
row "server, MB at most" "idle server_peak_mb"
[ "$tool" != load ] || row "load: MB of memory" "storm load_rss_mb"
row "join: bytes received" "join wire_bytes"
printf '| nobody behind, and all believe what the server says |'
for case in "${cases[@]}"; do
    printf ' %s |' "$(cat "$work/$case.good")"
done
echo

budget() {
    local what=$1 limit=$2 case=$3
    shift 3
    [[ " ${cases[*]} " != *" $case "* ]] || echo "| $what | $limit | $(figure "$case" "$(name_of "$1")" "${@:2}") |"
}
echo
echo "| Budget ($tool) | | measured |"
echo "|---|---|---|"
budget "first map of one more node among 1,000, 99th percentile" "250 ms" all1000 late first_map_ms p99
budget "1,000 nodes reconnect, everyone sees everyone" "10 s" all1000 storm converged_s
budget "10,000 nodes reconnect, each sees 199" "30 s" own10000x50 storm converged_s
budget "changed endpoint at every viewer, 1,000 connected, 99th percentile" "50 ms" all1000 change seen_ms p99
budget "300 nodes join, everyone sees everyone" "4 s" all300 join converged_s
budget "300 nodes join: processor seconds" "8" all300 join server_cpu_s
budget "10,000 idle nodes: per cent of a core" "5" own10000x50 idle server_cpu_percent
budget "10,000 idle nodes: MB of memory" "650" own10000x50 idle server_rss_mb
budget "\`nodes list\` during a storm of 1,000, longest" "500 ms" all1000 storm command_ms max
budget "\`nodes list\` during a storm of 10,000, longest" "500 ms" own10000x50 storm command_ms max
