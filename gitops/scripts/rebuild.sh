#!/usr/bin/env bash
# Proposes to build all images anew, with today's Debian packages: a service that nobody changes gets their mends, too.
#
# usage: rebuild.sh [--base main] [--date 2026-11-30] [--auto-merge]
#
# Run it in a checkout of the sources. The date in Dockerfiles/rebuilt is among what every image is made of, so that CI
# builds and proposes them once it is merged. One open pull request, on the branch `rebuild`, which belongs to this
# script. Needs gh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=gitops/scripts/lib/options.sh
source "$here/lib/options.sh"
# shellcheck source=gitops/scripts/lib/github.sh
source "$here/lib/github.sh"

base=main date='' auto_merge=''
read_options "base date" "auto-merge" "$@"
date=${date:-$(date -u +%Y-%m-%d)}
if [[ ! $date =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}$ ]]; then wrong_usage "--date is not a date: $date"; fi
need_program gh

file=Dockerfiles/rebuilt branch=rebuild title="Build the images anew ($date)"
repository=$(repository_of .)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export GIT_INDEX_FILE=$folder/index
git fetch --quiet origin "+refs/heads/$base:refs/remotes/origin/$base" || fail "the branch $base cannot be fetched"
git read-tree "origin/$base"
blob=$(git hash-object -w --stdin <<<"$date")
git update-index --add --cacheinfo "100644,$blob,$file"
tree=$(git write-tree)
if [[ $tree == "$(git rev-parse "origin/$base^{tree}")" ]]; then
    say "$base was built anew on $date already"
    exit
fi
commit=$(as_ci git commit-tree "$tree" -p "origin/$base" <<<"$title")
git push --quiet --force origin "$commit:refs/heads/$branch"
cat >"$folder/body.md" <<END
Images take the Debian packages of the day they are built on. Merging this builds them anew, and CI proposes them for
deployment. Base images and Swift packages stay what they are locked to: Dependabot proposes newer ones.
END
number=$(write_pull_request "$repository" "$branch" "$base" "$title" "$folder/body.md")
if [[ -n $auto_merge ]]; then merge_when_green "$repository" "$number" "$commit"; fi
echo "$repository#$number"
