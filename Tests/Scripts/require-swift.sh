#!/usr/bin/env bash
# Fails with one sentence unless there is a Swift compiler that can build the package.
set -euo pipefail

swift=${1:-swift}
if ! command -v "$swift" >/dev/null; then
    echo "There is no Swift here: https://www.swift.org/install/linux/ says how to install it (6.2 or newer)." >&2
    exit 1
fi
version=$("$swift" --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
if [[ -n $version && $(printf '%s\n6.2\n' "$version" | sort -V | head -n 1) != 6.2 ]]; then
    echo "Shrinkr needs Swift 6.2 or newer; this is $version. See https://www.swift.org/install/linux/." >&2
    exit 1
fi
