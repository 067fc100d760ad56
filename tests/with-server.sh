#!/usr/bin/env bash
# Starts the published server on loopback with an empty database, runs a command beside it, and stops it. The command finds in its
# environment MESH_URL (where the server listens), MESH_KEY (a reusable pre-auth key), MESH_KEYS (a file with that key, or with one for
# each user), MESH_CTL (a program like meshctl that speaks to this server) and MESH_PID (the server's process).
#
#   tests/with-server.sh sh -c 'dotnet run --project tests/MeshControl.LoadTest -c Release -- \
#       --login-server $MESH_URL --authkey $MESH_KEY --server-pid $MESH_PID --nodes 300'
#
# MESHCONTROL_BINARY names a published server, else the one in artifacts/publish is used, or made.
# MESHCONTROL_POSTGRES=HOST:PORT:DATABASE:USER takes that empty database, instead of SQLite.
# MESHCONTROL_PORT is the port to listen on, 8089 if it is not set; MESHCONTROL_HOST the address, 127.0.0.1 if it is not set.
# MESHCONTROL_USERS is how many users there are, 1 if it is not set.
# MESHCONTROL_POLICY is a file with the policy to set, or "own" for one by which each user's nodes see only each other.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
binary=${MESHCONTROL_BINARY:-$root/artifacts/publish/meshctl}
[ $# -gt 0 ] || { echo "Name the command to run beside the server; see the head of $0." >&2; exit 2; }
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
port=${MESHCONTROL_PORT:-8089} host_address=${MESHCONTROL_HOST:-127.0.0.1}
cat > "$work/config.yaml" << END
server_url: http://$host_address:$port
listen_addr: $host_address:$port
unix_socket: $work/meshcontrol.sock
noise: {private_key_path: $work/noise_private.key}
log: {level: warn}
database: $database
derp: {server: {enabled: false}, map: {regions: {900: {regioncode: test, regionname: Test, nodes: [{name: 900a, hostname: derp.test, ipv4: 127.0.0.1}]}}}}
END
# Root may have more than the usual limit allows: 10,000 nodes that connect again are 20,000 connections for a moment.
ulimit -n 65536 2> /dev/null || ulimit -n "$(ulimit -H -n)"
"$binary" serve -c "$work/config.yaml" > "$work/server.log" 2>&1 &
server=$!
printf '#!/bin/sh\nexec "%s" "$@" -c "%s"\n' "$(readlink -f "$binary")" "$work/config.yaml" > "$work/meshctl"
chmod +x "$work/meshctl"
mesh() { "$work/meshctl" "$@"; }
for attempt in $(seq 100); do
    ! mesh health > /dev/null 2>&1 || break
    kill -0 "$server" 2> /dev/null && [ "$attempt" -lt 100 ] || { cat "$work/server.log" >&2; exit 1; }
    sleep 0.1
done
for user in $(seq "${MESHCONTROL_USERS:-1}"); do
    mesh users create "load$user" > /dev/null
    mesh preauthkeys create --user "load$user" --reusable >> "$work/keys"
done
case ${MESHCONTROL_POLICY:-} in
"") ;;
own) mesh policy set -f - > /dev/null <<< '{"acls": [{"action": "accept", "src": ["autogroup:member"], "dst": ["autogroup:self:*"]}]}' ;;
*) mesh policy set -f "$MESHCONTROL_POLICY" > /dev/null ;;
esac
export MESH_URL=http://$host_address:$port MESH_KEYS=$work/keys MESH_PID=$server MESH_CTL=$work/meshctl
MESH_KEY=$(head -n 1 "$work/keys")
export MESH_KEY
"$@"
