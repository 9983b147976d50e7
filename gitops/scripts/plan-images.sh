#!/usr/bin/env bash
# Says which services need an image: prints a JSON array of {"service":"api","revision":"<40 hex>","repository":"…"}.
#
# usage: plan-images.sh [--environment devstg] [--gitops-dir .] [--gitops-ref HEAD]
#
# Run it in a checkout of the sources. A service should run the last commit that changed what it is made of
# (Dockerfiles/<service>.inputs). It needs an image unless its deployment file in --gitops-dir holds that commit, held
# it once (somebody took it back), or holds a newer one. So a build that failed or was overtaken is made up for by
# whichever run comes next, and a deployment or a revert asks for nothing. The repository of the image is that of the
# one deployed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=gitops/scripts/lib/options.sh
source "$here/lib/options.sh"
# shellcheck source=gitops/scripts/lib/revisions.sh
source "$here/lib/revisions.sh"

environment=devstg gitops_dir=. gitops_ref=HEAD
read_options "environment gitops-dir gitops-ref" "" "$@"
need_names environment
need_history .
need_history "$gitops_dir"

# Prints the service's entry if it needs an image.
entry_of() {
    local service=$1 file revision reason uri
    file=$(deployment_file "$environment" "$service")
    revision=$(desired_revision "$service") || return
    if [[ -z $revision ]]; then fail "no commit here touches what $service is made of"; fi
    reason=$(objection "$gitops_dir" "$gitops_ref" "$file" "$revision") || return
    if [[ -n $reason ]]; then
        say "$service needs no image: $revision is $reason"
        return
    fi
    say "$service needs an image of $revision"
    uri=$(image_uri "$gitops_dir" "$gitops_ref" "$file") || return
    printf '{"service":"%s","revision":"%s","repository":"%s"}\n' "$service" "$revision" "${uri%:*}"
}

all=$(services)
entries=()
for service in $all; do
    entry=$(entry_of "$service")
    if [[ -n $entry ]]; then entries+=("$entry"); fi
done
(
    IFS=,
    printf '[%s]\n' "${entries[*]-}"
)
