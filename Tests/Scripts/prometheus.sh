#!/usr/bin/env bash
# Says in which folder `prometheus` and `promtool` are; gets them first where they are not there.
#
# usage: prometheus.sh FOLDER
#
# Debian's package is unpacked into FOLDER and not installed: installing it would start a server.
set -euo pipefail

folder=${1:?usage: prometheus.sh FOLDER}
if found=$(command -v promtool) && command -v prometheus >/dev/null; then
    dirname "$found"
    exit
fi
if [[ ! -x $folder/usr/bin/promtool ]]; then
    mkdir -p "$folder"
    draft=$(mktemp -d "$folder/draft.XXXXXX")
    trap 'rm -rf "$draft"' EXIT
    get=(apt-get -qq -o Acquire::Retries=3)
    # A machine may have no list of packages yet.
    (cd "$draft" && { "${get[@]}" download prometheus || { "${get[@]}" update && "${get[@]}" download prometheus; }; } >&2)
    dpkg-deb --extract "$draft"/prometheus_*.deb "$draft/files"
    cp -a "$draft/files/usr" "$folder/"
fi
echo "$folder/usr/bin"
