#!/bin/sh
# For LoadTest's --admin: does to the node $1 what the random number $2 says. $MESH_CTL is the server's meshctl (with-server.sh).
set -e
case $(($2 % 4)) in
0) "$MESH_CTL" nodes tag --force --identifier "$1" --tags tag:load ;;
1) "$MESH_CTL" nodes rename --identifier "$1" "named-$1-$(($2 % 100))" ;;
2) "$MESH_CTL" nodes expire --identifier "$1" --expiry 1h ;;
3) "$MESH_CTL" nodes expire --identifier "$1" --disable ;;
esac
