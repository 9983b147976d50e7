#!/usr/bin/env bash
# Proposes for prod the image that devstg is to run by its deployment file.
#
# usage: promote.sh --service api [--from devstg] [--from-base main] [--to prod] [--to-base production]
#                   [--gitops-dir .] [--with-templates]
#
# Run it in a checkout of the sources; --gitops-dir is a checkout of the repository that has the deployment files.
# The registry stays the one that prod takes its images from. Without --with-templates the image line is all that
# changes. With it, all of gitops/ comes along as --from-base has it: templates, and prod's own parameters. Ask
# `shrinkr-deploy verify` before whether devstg really runs it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=gitops/scripts/lib/options.sh
source "$here/lib/options.sh"
# shellcheck source=gitops/scripts/lib/revisions.sh
source "$here/lib/revisions.sh"

service='' from=devstg from_base=main to=prod to_base=production gitops_dir=. with_templates=''
read_options "service from from-base to to-base gitops-dir" "with-templates" "$@"
need_options service
need_names service from to

for branch in "$from_base" "$to_base"; do
    git -C "$gitops_dir" fetch --quiet origin "+refs/heads/$branch:refs/remotes/origin/$branch" ||
        fail "the branch $branch cannot be fetched"
done
tried=$(image_uri "$gitops_dir" "origin/$from_base" "$(deployment_file "$from" "$service")")
held=$(image_uri "$gitops_dir" "origin/$to_base" "$(deployment_file "$to" "$service")")
# An image's name, without registry and tag.
name() { sed -E 's|^[^/]*/(.*):[^:]*$|\1|' <<<"$1"; }
if [[ $(name "$tried") != "$(name "$held")" ]]; then fail "$from runs $tried, and $to $held: these are two things"; fi
options=(--requested --environment "$to" --service "$service" --image-uri "${held%:*}:${tried##*:}" --base "$to_base")
if [[ -n $with_templates ]]; then options+=(--everything-from "origin/$from_base"); fi
exec "$here/propose.sh" "${options[@]}" --gitops-dir "$gitops_dir"
