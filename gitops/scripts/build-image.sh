#!/usr/bin/env bash
# Builds the image of a service at a commit and pushes it without a tag, unless the registry has it already.
#
# usage: build-image.sh --service api --revision <40 hex> --repository <registry>/shrinkr/api [--anew]
#
# Run it in a checkout of the sources, logged in to the registry. Prints `published=true` if the tag sha-<revision>
# exists: tags are immutable, so there is nothing to do. Else prints `published=false` and `digest=sha256:…` of what it
# pushed; publish-image.sh gives that its tag, once it is attested. Built is what the commit holds, nothing else of the
# working directory, with provenance and a bill of materials. It must say exactly what it is built of: Package.resolved
# and base images with digests, as `make lock` leaves them. With --anew it does not ask whether there is an image: those
# of a release get a tag of their own, in a registry that may not know the repository yet.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=gitops/scripts/lib/options.sh
source "$here/lib/options.sh"
# shellcheck source=gitops/scripts/lib/registry.sh
source "$here/lib/registry.sh"

service='' revision='' repository='' anew=''
read_options "service revision repository" "anew" "$@"
need_options service revision repository
need_names service
need_commit_hash "$revision"
need_program docker
need_program jq
git cat-file -e "$revision^{commit}" 2>/dev/null || fail "the sources have no commit $revision"

if [[ -z $anew ]] && is_published "$repository" "$revision"; then
    say "$repository:sha-$revision exists"
    echo published=true
    exit
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/context"
git archive --format=tar "$revision" | tar -x -C "$folder/context"
dockerfile=$folder/context/Dockerfiles/$service.Dockerfile
if [[ ! -f $dockerfile ]]; then fail "commit $revision has no Dockerfiles/$service.Dockerfile"; fi

if [[ ! -f $folder/context/Package.resolved ]]; then
    fail "commit $revision locks no versions: run \`make lock\` and commit Package.resolved"
fi
loose=$(sed -nE '/^FROM scratch( |$)/d; /^FROM [^ ]+@sha256:[0-9a-f]{64}( |$)/d; s/^FROM +//p' "$dockerfile")
if [[ -n $loose ]]; then
    fail "commit $revision has base images without a digest (run \`make lock\`): $(paste -s -d , - <<<"$loose")"
fi

version=$(sed -n 's/.*current = "\(.*\)"/\1/p' "$folder/context/Sources/ShrinkrProcess/Version.swift")
# Without the password that it may hold.
source=$(git remote get-url origin | sed 's#//[^/@]*@#//#')

docker buildx build >&2 \
    --file "$dockerfile" \
    --build-arg "REVISION=$revision" --build-arg "SOURCE=$source" --build-arg "VERSION=$version" \
    --build-arg "COMMIT=$revision" \
    --build-arg "SOURCE_DATE_EPOCH=$(git show -s --format=%ct "$revision")" \
    --provenance mode=max --sbom true \
    --output "type=image,name=$repository,push-by-digest=true,name-canonical=true,push=true" \
    --metadata-file "$folder/metadata.json" \
    "$folder/context"

digest=$(jq -r '."containerimage.digest" // empty' "$folder/metadata.json")
if [[ ! $digest =~ ^sha256:[0-9a-f]{64}$ ]]; then fail "the build does not say which digest it pushed"; fi
echo published=false
echo "digest=$digest"
