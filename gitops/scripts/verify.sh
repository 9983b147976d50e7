#!/usr/bin/env bash
# Asks for each service of an environment whether what runs is what Git says; ends as `shrinkr-deploy verify` does.
#
# usage: verify.sh --environment devstg --results <folder> [--service api] [--gitops-dir .] [--wait 15m]
#
# Writes <folder>/<service>.txt, the report, and <folder>/<service>.status, its exit code. The exit code is that of the
# service that is worst off: 0 in sync, 2 still rolling, 3 cannot tell, 1 drift. Needs shrinkr-deploy, which the variable
# SHRINKR_DEPLOY can name, and credentials that may read.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=gitops/scripts/lib/options.sh
source "$here/lib/options.sh"

environment='' results='' service='' gitops_dir=. wait=''
read_options "environment results service gitops-dir wait" "" "$@"
need_options environment results
need_names environment
if [[ -n $service ]]; then need_names service; fi
deploy=${SHRINKR_DEPLOY:-shrinkr-deploy}
need_program "$deploy"
mkdir -p "$results"

options=(--environment "$environment" --gitops-dir "$gitops_dir/gitops")
if [[ -n $wait ]]; then options+=(--wait "$wait"); fi

# How bad an exit code is.
rank_of() { case $1 in 0) echo 0 ;; 2) echo 1 ;; 3) echo 2 ;; *) echo 3 ;; esac; }

# All at once: each may wait for as long as --wait says.
names=() looks=()
for file in "$gitops_dir/gitops/environments/$environment/"*.deployment.yml; do
    if [[ ! -f $file ]]; then fail "there is no deployment file of $environment"; fi
    name=$(basename "$file" .deployment.yml)
    if [[ -n $service && $service != "$name" ]]; then continue; fi
    "$deploy" verify "${options[@]}" --service "$name" >"$results/$name.txt" 2>&1 &
    names+=("$name")
    looks+=($!)
done
if ((${#names[@]} == 0)); then fail "$environment has no service $service"; fi

worst=0
for index in "${!names[@]}"; do
    status=0
    wait "${looks[index]}" || status=$?
    # A program that was killed could not tell.
    if ((status > 3)); then status=3; fi
    say "==> ${names[index]} in $environment: $status"
    cat "$results/${names[index]}.txt" >&2
    echo "$status" >"$results/${names[index]}.status"
    if (($(rank_of "$status") > $(rank_of "$worst"))); then worst=$status; fi
done
exit "$worst"
