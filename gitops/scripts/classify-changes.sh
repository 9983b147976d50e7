#!/usr/bin/env bash
# Says what a pull request or a push is about: prints `code=`, `deployments=`, `templates=` and `prod=`, each `true` or
# `false`.
#
# usage: classify-changes.sh --since <commit> [--until HEAD]
#
# Compared are --until and what it has in common with --since. `code` is false if all that changed is read by people or
# is a deployment file: then nothing needs to be tested in full. `deployments` asks for a check of the deployment files
# by themselves. `templates` and `prod` are what a reviewer should see at once. Where the commits cannot be compared, such
# as after a forced push, everything counts as changed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=gitops/scripts/lib/options.sh
source "$here/lib/options.sh"

since='' until=HEAD
read_options "since until" "" "$@"
need_options since

code=false deployments=false templates=false prod=false
if ! paths=$(git -c core.quotePath=false diff --name-only --no-renames "$since...$until" 2>/dev/null); then
    say "$since and $until cannot be compared"
    code=true deployments=true templates=true prod=true paths=''
fi
while IFS= read -r path; do
    case $path in
        '' | *.md | LICENSE | .github/CODEOWNERS | .github/dependabot.yml) ;;
        gitops/environments/prod/*) deployments=true prod=true ;;
        gitops/environments/*) deployments=true ;;
        gitops/templates/*) code=true deployments=true templates=true ;;
        *) code=true ;;
    esac
done <<<"$paths"
printf 'code=%s\ndeployments=%s\ntemplates=%s\nprod=%s\n' "$code" "$deployments" "$templates" "$prod"
