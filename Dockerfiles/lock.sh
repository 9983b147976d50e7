#!/usr/bin/env bash
# Locks what images are built of, so that a commit is always built of the same: the versions of Swift packages
# (Package.resolved), and the base images by digest (FROM). Commit what it changes; Dependabot proposes newer ones.
#
# usage: lock.sh
#
# CI deploys no image of a commit without it. Needs Swift, and Docker's buildx with a way to the registry of the bases.
# What has a digest keeps it.
set -euo pipefail
cd "$(dirname "$0")/.."

for program in "${SWIFT:-swift}" docker jq; do
    command -v "$program" >/dev/null || { echo "lock.sh: there is no program $program" >&2; exit 1; }
done

bases=$(sed -nE 's/^FROM ([^ @]+:[^ @]+)( .*)?$/\1/p' Dockerfiles/*.Dockerfile | sort -u)
for base in $bases; do
    digest=$(docker buildx imagetools inspect "$base" --format '{{json .Manifest}}' | jq -r .digest)
    if [[ ! $digest =~ ^sha256:[0-9a-f]{64}$ ]]; then
        echo "lock.sh: the registry does not say which digest $base has" >&2
        exit 1
    fi
    for file in Dockerfiles/*.Dockerfile; do
        text=$(sed -E "s|^FROM $base( .*)?\$|FROM $base@$digest\\1|" "$file")
        printf '%s\n' "$text" >"$file"
    done
    echo "$base@$digest"
done

"${SWIFT:-swift}" package resolve
# The list of ignored files has it, for those who do not lock.
git add --force Package.resolved Dockerfiles/*.Dockerfile
echo "Now commit: $(git diff --cached --name-only -- Package.resolved Dockerfiles | paste -s -d ' ' -)"
