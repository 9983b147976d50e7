#!/usr/bin/env bash
# Makes a Python environment for tests; does nothing when it is up to date.
#
# usage: make-venv.sh FOLDER REQUIREMENTS CONSTRAINTS [SOURCES]
#
# SOURCES lists source packages to unpack into FOLDER/sources, not to install: tests read the data they carry.
set -euo pipefail

folder=$1 requirements=$2 constraints=$3 sources=${4:-}
scripts=$(dirname "$0")

# A Python that is new enough and can make environments: the first of the path, else the system's own.
find_python() {
    local candidate
    for candidate in python3 /usr/bin/python3; do
        if command -v "$candidate" >/dev/null &&
            "$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

# What an environment is made of: its own Python, whichever comes first on today's path, and the lists.
fingerprint() {
    { "$1" -VV; cat "$requirements" "$constraints" ${sources:+"$sources"}; } | sha256sum | cut -d ' ' -f 1
}
own=$folder/bin/python
if [[ -x $own ]] && "$own" -c '' 2>/dev/null &&
    [[ $(cat "$folder/fingerprint" 2>/dev/null) == "$(fingerprint "$own")" ]]; then
    exit 0
fi

if ! python=$(find_python); then
    "$scripts/install-packages.sh" python3 python3-venv
    if ! python=$(find_python); then
        echo "These tests need Python 3.11 or newer with its venv module." >&2
        exit 1
    fi
fi

rm -rf "$folder"
mkdir -p "$(dirname "$folder")"
"$python" -m venv "$folder"
"$scripts/with-progress.sh" "Installing Python packages into $folder" \
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-input -r "$requirements"
if [[ -n $sources ]]; then
    "$folder/bin/python" -m pip download --quiet --disable-pip-version-check --no-input --no-deps --no-binary :all: \
        --require-hashes -r "$sources" -d "$folder/sources"
    for archive in "$folder"/sources/*.tar.gz; do tar -xzf "$archive" -C "$folder/sources"; done
fi
fingerprint "$folder/bin/python" >"$folder/fingerprint"
