#!/usr/bin/env bash
# Writes what a repository of its own for gitops/ holds: deployment files, templates, bootstrap, and their checks.
#
# usage: move-gitops.sh --to <an empty folder or a new one>
#
# Changes nothing here. Then commit and push the folder as the new repository, and delete gitops/environments,
# gitops/templates and gitops/bootstrap here; gitops/README.md says what to set.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=gitops/scripts/lib/options.sh
source "$here/lib/options.sh"

to=''
read_options "to" "" "$@"
need_options to
root=$(cd "$here/../.." && pwd)
if [[ -n $(ls -A "$to" 2>/dev/null) ]]; then fail "$to is not empty"; fi
mkdir -p "$to/gitops" "$to/.github/workflows"

for part in environments templates bootstrap .checkov.yml; do
    if [[ ! -e $root/gitops/$part ]]; then fail "there is no gitops/$part here: was it moved before?"; fi
    (cd "$root/gitops" && tar --exclude .terraform --exclude '*.tfstate*' -c "$part") | tar -x -C "$to/gitops"
done
cp "$root/gitops/own-repository/deployments.yml" "$to/.github/workflows/"
grep -E '^(#|/gitops/(bootstrap|templates|environments)/|/\.github/)' "$root/.github/CODEOWNERS" >"$to/.github/CODEOWNERS"
cat >"$to/.github/dependabot.yml" <<'END'
version: 2
updates:
  - package-ecosystem: github-actions
    directory: /
    schedule: {interval: weekly}
    cooldown: {default-days: 7}
  - package-ecosystem: terraform
    directory: /gitops/bootstrap
    schedule: {interval: weekly}
    cooldown: {default-days: 7}
END
printf '.terraform/\n*.tfstate*\n' >"$to/.gitignore"
say "$to holds: $(cd "$to" && find . -type f | wc -l | tr -d ' ') files"
