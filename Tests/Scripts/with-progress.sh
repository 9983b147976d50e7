#!/usr/bin/env bash
# Says what a long command is for, runs it, and says every now and then that it still runs.
#
# SwiftPM shows progress on a terminal only; in a log a first build would look as if it hung.
#
# usage: with-progress.sh "What it does" COMMAND [ARGUMENT...]
set -euo pipefail

label=$1
shift
every=${PROGRESS_SECONDS:-20}

printf '==> %s\n' "$label"
heartbeat=
if [[ ! -t 1 ]]; then
    (
        # Ends with the script, also when that is killed, and leaves no sleep behind.
        pause=
        trap '[[ -z $pause ]] || kill "$pause" 2>/dev/null; exit 0' TERM
        while true; do
            sleep "$every" >/dev/null 2>&1 &
            pause=$!
            wait "$pause" && kill -0 $$ 2>/dev/null || exit 0
            printf '    ... %s (%d s)\n' "$label" "$SECONDS"
        done
    ) &
    heartbeat=$!
fi
# shellcheck disable=SC2329 # called by the trap
finish() {
    if [[ -n $heartbeat ]]; then
        kill "$heartbeat" 2>/dev/null || true
        wait "$heartbeat" 2>/dev/null || true
    fi
}
trap finish EXIT

status=0
"$@" || status=$?
if ((status == 0)); then
    printf '    done after %d s: %s\n' "$SECONDS" "$label"
else
    printf '    failed with %d after %d s: %s\n' "$status" "$SECONDS" "$label" >&2
fi
exit "$status"
