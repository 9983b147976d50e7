#!/usr/bin/env bash
# Runs the Swift tests that were built with Thread Sanitizer; fails on the first report.
#
# usage: tsan.sh SWIFT SCRATCH-FOLDER [swift test options, such as --filter ClickJournalTests]
set -euo pipefail

swift=$1 scratch=$2
shift 2
tests=$(dirname "$0")/..

# The compiler that comes with Swift: another one has another calling convention for Swift, or none.
toolchain=$(dirname "$(readlink -f "$(command -v "$swift")")")
"$toolchain/clang" -O1 -fPIC -shared -o "$scratch/mutex.so" "$tests/ThreadSanitizer/mutex.c" -ldl

# The model visits a few hundred thousand states in one thread: nothing to find there.
exec env LD_PRELOAD="$(realpath "$scratch/mutex.so")" \
    TSAN_OPTIONS="halt_on_error=1 suppressions=$(realpath "$tests/ThreadSanitizer/suppressions.txt")" \
    "$swift" test --skip-build --sanitize=thread --scratch-path "$scratch" --skip ProtocolModelTests \
    --skip PackageShapeTests "$@"
