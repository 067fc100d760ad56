#!/usr/bin/env bash
# Builds everything once, publishes the program as users get it, and runs all tests. The last line says "N passed, N failed",
# and how many were skipped if any were.
#
#   tests/run.sh                  all test projects
#   tests/run.sh Core Store       those whose names hold one of the words
#
# Tests with real clients need root, and the clients: in MESHCONTROL_CLIENT_DIR, in ../shared/client, or in the search path.
# Without, they are skipped and say why. MESHCONTROL_NO_SKIPS=1 makes every skipped test a failed one.
# What the real service makes of policies is read from MESHCONTROL_POLICY_CASES, or ../shared/conformance/policy; without, those tests fail.
# Logs are left in artifacts/tests.
set -euo pipefail
cd "$(dirname "$(dirname "$(readlink -f "$0")")")"
configuration=Release
published=$PWD/artifacts/publish
logs=$PWD/artifacts/tests
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

projects=()
for file in tests/*/*Tests.csproj; do
    name=$(basename "$file" .csproj)
    for word in "${@:-}"; do
        if [[ $name == *"$word"* ]]; then
            projects+=("$name")
            break
        fi
    done
done
[ ${#projects[@]} -gt 0 ] || { echo "No test project has such a name." >&2; exit 2; }

deploy/install-packages.sh run test
dotnet restore MeshControl.sln -v quiet
dotnet build MeshControl.sln -c "$configuration" --no-restore -v quiet -nologo -clp:NoSummary
# Publishing restores again, since a single file brings parts of the SDK along that a build does not need.
rm -rf "$published"
dotnet publish src/MeshControl.Cli -c "$configuration" -o "$published" -v quiet -nologo
export MESHCONTROL_BINARY=$published/meshctl
rm -rf "$logs"
mkdir -p "$logs"

# A test project is a program; run as such it starts three times as fast as below `dotnet test`. One that hangs is a failure.
run_project() {
    local name=$1 began=$SECONDS status=0
    timeout 30m dotnet "tests/$name/bin/$configuration/net10.0/$name.dll" -noLogo -noColor "${@:2}" -xml "$logs/$name.xml" \
        ${MESHCONTROL_NO_SKIPS:+-failSkips} > "$logs/$name.log" 2>&1 || status=$?
    echo "$status" > "$logs/$name.status"
    if [ "$status" = 0 ]; then
        # What was skipped is worth a line even when all is well.
        grep -A1 '\[SKIP\]$' "$logs/$name.log" || true
    else
        cat "$logs/$name.log"
    fi
    echo "== $name: exit status $status, $((SECONDS - began)) s"
}

# Real clients and killed servers want the machine for themselves; all others share it two by two. Tests with real clients wait most of
# the time, for what clients do by their own timers: twice as many run at once as there are processors.
running=0
for name in "${projects[@]}"; do
    [ "$name" != MeshControl.ClientTests ] || continue
    if [ "$running" -ge 2 ]; then
        wait -n
        running=$((running - 1))
    fi
    run_project "$name" &
    running=$((running + 1))
done
wait
[[ " ${projects[*]} " != *" MeshControl.ClientTests "* ]] || run_project MeshControl.ClientTests -maxThreads 2x

count() { sed -n "s/.*<assembly [^>]* $2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1; }
passed=0 failed=0 skipped=0
for name in "${projects[@]}"; do
    result=$logs/$name.xml
    bad=0
    if [ -s "$result" ]; then
        passed=$((passed + $(count "$result" passed)))
        skipped=$((skipped + $(count "$result" skipped)))
        bad=$(($(count "$result" failed) + $(count "$result" errors)))
    fi
    # A project that crashed without a result, or that failed outside of its tests, is one failure.
    [ "$bad" -gt 0 ] || [ "$(cat "$logs/$name.status")" = 0 ] || bad=1
    failed=$((failed + bad))
done
summary="$passed passed, $failed failed"
[ "$skipped" = 0 ] || summary="$summary, $skipped skipped"
echo "$summary"
[ "$failed" = 0 ]
