#!/usr/bin/env bash
# Measures the published server with tsload, many simulated nodes made of the stock client's own types: one JSON line a phase, with
# the server's CPU time and memory. Needs the client directory (MESHCONTROL_CLIENT_DIR, else ../shared/client), but no root.
#
#   tests/measure-tsload.sh                          300 nodes on SQLite, everyone sees everyone
#   tests/measure-tsload.sh --nodes 1000 --idle 5s   arguments go to tsload; see tsload --help
#   MESHCONTROL_USERS=50 MESHCONTROL_POLICY=own tests/measure-tsload.sh --nodes 1000 --expect 19
#                                                    50 users who see only their own 20 nodes
#
# Server, database, users, policy and port are chosen as for with-server.sh.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
clients=${MESHCONTROL_CLIENT_DIR:-$root/../shared/client}
[ -f "$clients/launch" ] || { echo "No client directory at $clients; MESHCONTROL_CLIENT_DIR can name another one." >&2; exit 2; }

# The launcher goes by the name of the link it is called through.
links=$(mktemp -d)
trap 'rm -rf "$links"' EXIT
ln -s "$(readlink -f "$clients/launch")" "$links/tsload"
[ $# -gt 0 ] || set -- --nodes 300
# The inner shell expands what the server is known by.
# shellcheck disable=SC2016
"$root/tests/with-server.sh" bash -c '"$0" --control "$MESH_URL" --authkeys "$MESH_KEYS" --pid "$MESH_PID" "$@"' "$links/tsload" "$@"
