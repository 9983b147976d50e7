#!/usr/bin/env bash
# Runs a command if a Docker engine answers. If none does, it says so and that is all, unless SHRINKR_IMAGES is
# "required": then it fails.
#
# usage: with-docker.sh COMMAND [ARGUMENT...]
set -euo pipefail

if reason=$(docker version --format '{{.Server.Version}}' 2>&1); then exec "$@"; fi
echo "==> No Docker engine answers here, so images are neither built nor tested: ${reason##*$'\n'}" >&2
if [[ ${SHRINKR_IMAGES:-} == required ]]; then exit 1; fi
