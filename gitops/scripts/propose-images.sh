#!/usr/bin/env bash
# Proposes the images that plan-images.sh asked for, and closes the proposals of the other services that are overtaken.
#
# usage: propose-images.sh --images <what plan-images.sh printed> [--environment devstg] [--base main] [--gitops-dir .]
#                          [--auto-merge]
#
# See propose.sh, which this calls for every service. A service that fails does not stop the others, but the exit code.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=gitops/scripts/lib/options.sh
source "$here/lib/options.sh"
# shellcheck source=gitops/scripts/lib/revisions.sh
source "$here/lib/revisions.sh"

images='' environment=devstg base=main gitops_dir=. auto_merge=''
read_options "images environment base gitops-dir" "auto-merge" "$@"
need_options images
need_program jq

status=0
all=$(services)
for service in $all; do
    uri=$(jq -r --arg service "$service" '.[] | select(.service == $service) | "\(.repository):sha-\(.revision)"' \
        <<<"$images")
    options=(--environment "$environment" --service "$service" --base "$base" --gitops-dir "$gitops_dir")
    if [[ -n $uri ]]; then options+=(--image-uri "$uri"); fi
    if [[ -n $auto_merge ]]; then options+=(--auto-merge); fi
    "$here/propose.sh" "${options[@]}" || status=1
done
exit "$status"
