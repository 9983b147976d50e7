#!/usr/bin/env bash
# Checks the form of everything under version control: Swift's format, Python's and Bash's syntax.
#
# usage: lint.sh [--fix]      (--fix formats the Swift files instead of only checking them)
set -euo pipefail

cd "$(dirname "$0")/../.."

# New files count too, unless they are ignored. A copy without Git has nothing else in these folders.
files() {
    if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git ls-files -z --cached --others --exclude-standard -- "$@"
    else
        local pattern
        for pattern in "$@"; do
            find Package.swift Sources Tests Fuzz Benchmarks .ci -type f -path "$pattern" -print0
        done
    fi
}

# A file that was deleted but not committed yet is still in the index.
existing() {
    while IFS= read -r -d '' file; do
        if [[ -f $file ]]; then printf '%s\0' "$file"; fi
    done
}

mode=(lint --strict)
if [[ ${1:-} == --fix ]]; then mode=(format --in-place); fi
echo "==> swift format ${mode[*]}"
files '*.swift' | existing |
    xargs -0 --no-run-if-empty "${SWIFT:-swift}" format "${mode[@]}" --parallel --configuration .swift-format

echo "==> Text from outside"
Tests/Scripts/lint-text.sh

# How long something took says more about the machine than about the program. Least times may be asked for, and what is a
# matter of minutes: `patience`.
echo "==> Timings that decide a test"
if files 'Tests/*.swift' | existing | xargs -0 --no-run-if-empty \
    grep -nE '#(expect|require)\(.*(ContinuousClock\.now - [a-zA-Z]+|elapsed|measure *\{.*\}) <[^=]' | grep -vE '< patience'; then
    echo "Tests count work, or wait until something has happened; they do not compare times." >&2
    exit 1
fi

echo "==> Python and Bash files"
if command -v python3 >/dev/null; then
    PYTHONPYCACHEPREFIX=.build/pycache python3 -m compileall -q Tests Benchmarks
fi
files '*.sh' .ci/run | existing | xargs -0 --no-run-if-empty -n 1 bash -n
