#!/usr/bin/env bash
# Gives an image that build-image.sh pushed its tag, sha-<revision>: from then on it counts as built.
#
# usage: publish-image.sh --revision <40 hex> --repository <registry>/shrinkr/api --digest sha256:<64 hex>
#
# If another run was first, its image stays: both were built of the same commit, and tags are immutable.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=gitops/scripts/lib/options.sh
source "$here/lib/options.sh"
# shellcheck source=gitops/scripts/lib/registry.sh
source "$here/lib/registry.sh"

revision='' repository='' digest=''
read_options "revision repository digest" "" "$@"
need_options revision repository digest
need_commit_hash "$revision"
if [[ ! $digest =~ ^sha256:[0-9a-f]{64}$ ]]; then wrong_usage "--digest is not sha256 and 64 hexadecimal digits"; fi
need_program docker

if is_published "$repository" "$revision"; then
    say "$repository:sha-$revision exists"
elif docker buildx imagetools create --tag "$repository:sha-$revision" "$repository@$digest" >&2; then
    say "published $repository:sha-$revision"
elif is_published "$repository" "$revision"; then
    say "another run published $repository:sha-$revision"
else
    fail "$repository@$digest could not be tagged"
fi
