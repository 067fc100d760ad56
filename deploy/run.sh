#!/usr/bin/env bash
# Builds meshctl and starts a server on its embedded database; arguments go to `meshctl serve`.
# Needs the .NET SDK; installs the few system libraries that are missing where it may.
set -euo pipefail
root=$(dirname "$(dirname "$(readlink -f "$0")")")
"$root/deploy/install-packages.sh" run
dotnet build "$root/src/MeshControl.Cli" -c Release -v quiet -nologo >&2
exec dotnet "$root/src/MeshControl.Cli/bin/Release/net10.0/meshctl.dll" serve "$@"
