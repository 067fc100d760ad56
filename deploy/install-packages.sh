#!/usr/bin/env bash
# Installs the Debian packages of apt-packages.txt that are missing.
#
#   deploy/install-packages.sh run          what the server needs
#   deploy/install-packages.sh run test     and what the tests need
#
# Without root and without sudo it only says what is missing.
set -euo pipefail
list=$(dirname "$(readlink -f "$0")")/apt-packages.txt
[ $# -gt 0 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }

command -v dpkg-query > /dev/null || { echo "This is no Debian: see to it that the libraries named in $list are there." >&2; exit 0; }

missing=()
for when in "$@"; do
    for package in $(awk -v when="$when" '$1 == when { print $2 }' "$list"); do
        [ "$(dpkg-query -W -f '${db:Status-Status}\n' "$package" 2> /dev/null | head -n 1)" = installed ] && continue
        # Node.js of other origin brings npm along, and refuses Debian's package of that name.
        [ "$package" = npm ] && command -v npm > /dev/null && continue
        missing+=("$package")
    done
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ]; then
    as_root=()
elif command -v sudo > /dev/null && sudo -n true 2> /dev/null; then
    as_root=(sudo -n)
else
    echo "Missing packages; install them with: sudo apt-get install ${missing[*]}" >&2
    exit 0
fi
echo "Installing ${missing[*]}" >&2
install() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "${missing[@]}" >&2; }
# Package lists of a fresh image are absent or stale.
install || { "${as_root[@]}" apt-get -q update >&2 && install; }
