#!/usr/bin/env bash
# Builds the images shrinkr-api:local, shrinkr-worker:local and shrinkr:local of the working directory's sources. Needs
# Docker.
#
# usage: build.sh [SERVICE...]      (api, worker, shrinkr; all unless named)
#
# What the build said is left in .build/images.
set -euo pipefail
cd "$(dirname "$0")/.."

services=("$@")
if ((${#services[@]} == 0)); then services=(api worker shrinkr); fi

export DOCKER_BUILDKIT=1
flags=()
# An engine may have no network for containers but the host's.
if ! docker network inspect bridge >/dev/null 2>&1; then flags+=(--network host); fi
version=$(sed -n 's/.*current = "\(.*\)"/\1/p' Sources/ShrinkrProcess/Version.swift)
# Without the password that it may hold.
source=$(git remote get-url origin 2>/dev/null | sed 's#//[^/@]*@#//#' || true)
revision=$(git rev-parse HEAD 2>/dev/null || true)

mkdir -p .build/images
for service in "${services[@]}"; do
    log=.build/images/$service.log
    name=shrinkr-$service
    if [[ $service == shrinkr ]]; then name=shrinkr; fi
    began=$SECONDS
    if ! docker build --progress plain "${flags[@]}" --file "Dockerfiles/$service.Dockerfile" \
        --build-arg "SOURCE=$source" --build-arg "REVISION=$revision" --build-arg "VERSION=$version" \
        --tag "$name:local" . >"$log" 2>&1; then
        tail -n 40 "$log" >&2
        echo "The image of $service could not be built; $log has all of it." >&2
        exit 1
    fi
    echo "    $name:local after $((SECONDS - began)) s"
done
