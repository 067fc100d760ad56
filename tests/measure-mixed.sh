#!/usr/bin/env bash
# Plays random days of a tailnet against the published server, each with a seed and a server of its own, and compares after each what
# every node believes with what the server says. Prints one line a run; exit status 1 if any run failed, whose output is then shown.
#
#   tests/measure-mixed.sh                    100 runs of 200 nodes
#   tests/measure-mixed.sh 5 --nodes 50       5 runs; arguments go to LoadTest; see its --help
#   tests/measure-mixed.sh 1 --seed 4711      one that failed, again: the same happens, though not in the same microsecond
#
# Every other run has a policy by which nodes see only those of their user. Server, database and port are chosen as for with-server.sh.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
runs=${1:-100}
[ $# = 0 ] || shift
load=${MESHCONTROL_LOADTEST:-$root/tests/MeshControl.LoadTest/bin/Release/net10.0/MeshControl.LoadTest.dll}
[ -f "$load" ] || dotnet build "$root/tests/MeshControl.LoadTest" -c Release -v quiet -nologo >&2
given=" $* " defaults=()
[[ $given = *" --nodes"* ]] || defaults+=(--nodes 200)
[[ $given = *" --rate"* ]] || defaults+=(--rate 100)
log=$(mktemp)
trap 'rm -f "$log"' EXIT

failed=0
for run in $(seq "$runs"); do
    expect=all policy=
    [ $((run % 2)) = 1 ] || expect=own policy=own
    # The inner shell expands what the server is known by.
    # shellcheck disable=SC2016
    if MESHCONTROL_USERS=5 MESHCONTROL_POLICY=$policy "$root/tests/with-server.sh" bash -c '
        load=$0 admin=$1; shift
        exec dotnet "$load" --login-server "$MESH_URL" --authkeys "$MESH_KEYS" --server-pid "$MESH_PID" --scenario mixed \
            --set-policy "\"\$MESH_CTL\" policy set -f -" --admin "\"$admin\" \"\$1\" \"\$2\"" "$@"' \
        "$load" "$root/tests/load-admin.sh" --expect "$expect" "${defaults[@]}" "$@" > "$log" 2>&1; then
        result=good
    else
        result=FAILED failed=$((failed + 1))
    fi
    echo "run $run, $expect, $(grep -m 1 '^seed' "$log" || true): $result; events$(sed -n 's/^  events  */ /p' "$log"), server processor seconds $(sed -n 's/^  server, processor seconds *//p' "$log" | tail -n 1)"
    [ $result = good ] || cat "$log"
done
echo "$((runs - failed)) of $runs runs were good"
[ $failed = 0 ]
