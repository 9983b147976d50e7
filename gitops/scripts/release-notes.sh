#!/usr/bin/env bash
# Prints the notes of a release: what CHANGELOG.md says of it.
#
# usage: release-notes.sh --tag v1.2.3
#
# Run it in a checkout of the tag. Refuses a tag that is not the version which the programs say, or of which the
# changelog says nothing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=gitops/scripts/lib/options.sh
source "$here/lib/options.sh"

tag=''
read_options "tag" "" "$@"
need_options tag
if [[ ! $tag =~ ^v[0-9]+\.[0-9]+\.[0-9]+$ ]]; then wrong_usage "--tag is not v<major>.<minor>.<patch>: $tag"; fi
version=$(sed -n 's/.*current = "\(.*\)"/\1/p' Sources/ShrinkrProcess/Version.swift)
if [[ $tag != "v$version" ]]; then fail "the programs of $tag would say that they are $version (Version.swift)"; fi
# From its heading to the next one.
notes=$(awk -v heading="## [$version]" \
    'index($0, "## [") == 1 { inside = index($0, heading) == 1; next } inside' .github/CHANGELOG.md)
if [[ -z ${notes//[[:space:]]/} ]]; then fail "CHANGELOG.md has nothing of $version"; fi
printf '%s\n' "$notes"
