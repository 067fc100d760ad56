#!/usr/bin/env bash
# Measures the published server with tsload, many simulated nodes made of the stock client's own types: one JSON line a phase, with
# the server's CPU time and memory. Needs the client directory (MESHCONTROL_CLIENT_DIR, else ../shared/client), but no root.
#
#   tests/measure-tsload.sh                          300 nodes on SQLite, everyone sees everyone
#   tests/measure-tsload.sh --nodes 1000 --idle 5s   arguments go to tsload; see tsload --help
#
# MESHCONTROL_BINARY names a published server, else the one in artifacts/publish is used, or made.
# MESHCONTROL_POSTGRES=HOST:PORT:DATABASE:USER measures on that empty database, instead of SQLite.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
clients=${MESHCONTROL_CLIENT_DIR:-$root/../shared/client}
binary=${MESHCONTROL_BINARY:-$root/artifacts/publish/meshctl}
[ -f "$clients/launch" ] || { echo "No client directory at $clients; MESHCONTROL_CLIENT_DIR can name another one." >&2; exit 2; }
[ -x "$binary" ] || dotnet publish "$root/src/MeshControl.Cli" -c Release -o "$(dirname "$binary")" -v quiet -nologo >&2

work=$(mktemp -d)
server=
finish() {
    [ -z "$server" ] || { kill "$server" 2> /dev/null && wait "$server" || true; }
    rm -rf "$work"
}
trap finish EXIT

database="{type: sqlite, sqlite: {path: $work/db.sqlite}}"
if [ -n "${MESHCONTROL_POSTGRES:-}" ]; then
    IFS=: read -r host port name user <<< "$MESHCONTROL_POSTGRES"
    database="{type: postgres, postgres: {host: \"$host\", port: $port, name: \"$name\", user: \"$user\"}}"
fi
port=${MESHCONTROL_PORT:-8089}
cat > "$work/config.yaml" << END
server_url: http://127.0.0.1:$port
listen_addr: 127.0.0.1:$port
unix_socket: $work/meshcontrol.sock
noise: {private_key_path: $work/noise_private.key}
log: {level: warn}
database: $database
derp: {map: {regions: {900: {regioncode: test, regionname: Test, nodes: [{name: 900a, hostname: derp.test, ipv4: 127.0.0.1}]}}}}
END
"$binary" serve -c "$work/config.yaml" > "$work/server.log" 2>&1 &
server=$!
mesh() { "$binary" "$@" -c "$work/config.yaml"; }
for attempt in $(seq 100); do
    ! mesh health > /dev/null 2>&1 || break
    kill -0 "$server" 2> /dev/null && [ "$attempt" -lt 100 ] || { cat "$work/server.log" >&2; exit 1; }
    sleep 0.1
done
mesh users create load > /dev/null
mesh preauthkeys create --user load --reusable > "$work/keys"

# The launcher goes by the name of the link it is called through.
ln -s "$clients/launch" "$work/tsload"
ulimit -n "$(ulimit -H -n)"
[ $# -gt 0 ] || set -- --nodes 300
"$work/tsload" --control "http://127.0.0.1:$port" --authkeys "$work/keys" --pid "$server" "$@"
