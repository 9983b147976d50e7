#!/usr/bin/env bash
# Fuzzes the targets one after another, or tries one input again. `make fuzz` and `make fuzz-test` build and call it.
#
# usage: run.sh [--test] [TARGET...]           all targets without any
#        run.sh --replay TARGET FILE
#
# Each target runs for FUZZ_SECONDS (300), or for FUZZ_RUNS inputs if that is set. What it finds is kept in
# .build-fuzz/corpus, and the next run goes on from there. With --test it tries FUZZ_RUNS (20000) inputs, the same ones
# each time; targets that write files try a tenth of that.
set -euo pipefail

cd "$(dirname "$0")/.."
build=.build-fuzz
program=$build/release/shrinkr-fuzz
if [[ ! -x $program ]]; then
    echo "There is no $program; 'make fuzz-build' builds it." >&2
    exit 2
fi

# The targets' files: in memory where that can be. What a process never frees is nothing to complain of.
scratch=$(mktemp -d -p "$([[ -w /dev/shm ]] && echo /dev/shm || echo "${TMPDIR:-/tmp}")" shrinkr-fuzz.XXXXXX)
trap 'rm -rf "$scratch"' EXIT
export TMPDIR=$scratch ASAN_OPTIONS=detect_leaks=0

if [[ ${1:-} == --replay ]]; then
    SHRINKR_FUZZ_TARGET=$2 SWIFT_BACKTRACE=color=no,interactive=no "$program" "$3"
    exit
fi
is_test=
if [[ ${1:-} == --test ]]; then
    is_test=1
    shift
fi

# Sets `bound` and `found`, where new inputs go.
bound_of() {
    local runs=${FUZZ_RUNS:-20000}
    if [[ -n $is_test ]]; then
        if [[ $1 == http || $1 == journal ]]; then runs=$((runs / 10)); fi
        bound=(-runs="$runs" -seed=1)
        found=$scratch/found-$1
    else
        bound=(-max_total_time="${FUZZ_SECONDS:-300}")
        if [[ -n ${FUZZ_RUNS:-} ]]; then bound=(-runs="$runs"); fi
        found=$build/corpus/$1
    fi
}

# Swift's own stack traces would get in the way of libFuzzer's keeping the input. That the sanitizer remembers where
# memory came from costs time; replaying an input tells it.
fuzz() {
    local target=$1
    Tests/Scripts/with-progress.sh "Fuzzing $target" \
        env SHRINKR_FUZZ_TARGET="$target" SWIFT_BACKTRACE=enable=no \
        ASAN_OPTIONS="$ASAN_OPTIONS:malloc_context_size=0" \
        "$program" -dict="Fuzz/Dictionaries/$target.dict" -artifact_prefix="$build/artifacts/$target-" -timeout=60 \
        -rss_limit_mb=4096 -max_len=2048 -reload=0 -print_final_stats=1 "${bound[@]}" "$found" "Fuzz/Corpus/$target" \
        2>"$build/logs/$target.log"
}

# Tells from the log how much was tried and reached.
summary() {
    local log=$build/logs/$1.log tried reached
    tried=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    reached=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
    echo "    $1: ${tried:-?} inputs reached ${reached:-0} branches"
}

mkdir -p "$build/artifacts" "$build/logs"
if (($# == 0)); then
    set -- destination frame http journal patch request signature
fi
for target; do
    bound_of "$target"
    mkdir -p "$found"
    if ! fuzz "$target"; then
        tail -n 60 "$build/logs/$target.log" >&2
        echo "Fuzzing '$target' found a fault. To try its input again:" >&2
        sed -n "s|.*Test unit written to \(.*\)|    Fuzz/run.sh --replay $target \1|p" "$build/logs/$target.log" >&2
        exit 1
    fi
    summary "$target"
done
