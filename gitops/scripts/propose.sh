#!/usr/bin/env bash
# Proposes an image for an environment: one open pull request per environment and service, updated in place.
#
# usage: propose.sh --environment devstg --service api [--image-uri <repository>:sha-<40 hex>] [--base main]
#                   [--gitops-dir .] [--auto-merge] [--requested] [--everything-from REF]
#
# Run it in a checkout of the sources; --gitops-dir is a checkout of the repository that has the deployment files. The
# branch deploy/<environment>/<service> belongs to this script. Needs gh, and shrinkr-deploy, which the variable
# SHRINKR_DEPLOY can name.
#
#   --image-uri URI         without it nothing is proposed; a proposal that --base has caught up with is closed
#   --auto-merge            merge as soon as the checks are green; refused for prod
#   --requested             a person asks: propose also what was withdrawn or refused before, and call it a fault if
#                           it is older than what is deployed
#   --everything-from REF   bring all of gitops/ along as REF has it, but for the other services' images
#
# Not proposed: what is deployed; what is older than that, or than what is proposed; what was deployed and taken back;
# what a person refused by closing its pull request. Any number of these may run at once, and again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=gitops/scripts/lib/options.sh
source "$here/lib/options.sh"
# shellcheck source=gitops/scripts/lib/revisions.sh
source "$here/lib/revisions.sh"
# shellcheck source=gitops/scripts/lib/github.sh
source "$here/lib/github.sh"
# shellcheck source=gitops/scripts/lib/proposal.sh
source "$here/lib/proposal.sh"

environment='' service='' image_uri='' base=main gitops_dir=. auto_merge='' requested='' everything_from=''
read_options "environment service image-uri base gitops-dir everything-from" "auto-merge requested" "$@"
need_options environment service
need_names environment service
revision=$(revision_of "$image_uri")
if [[ -n $image_uri && -z $revision ]]; then wrong_usage "only tags sha-<commit> are proposed, not $image_uri"; fi
if [[ -n $auto_merge && $environment == prod ]]; then wrong_usage "prod is never merged without a person"; fi
need_program gh
need_history .
need_history "$gitops_dir"
if [[ -n $revision ]] && ! has_commit "$revision"; then fail "the sources have no commit $revision"; fi

deploy=${SHRINKR_DEPLOY:-shrinkr-deploy}
repository=$(repository_of "$gitops_dir")
file=$(deployment_file "$environment" "$service")
branch=deploy/$environment/$service
base_commit='' proposed_commit='' proposed_uri='' proposed_revision='' commit=''
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# What the pull request of a revision is called.
title_of() {
    printf 'Deploy %s %s to %s%s\n' "$service" "${1:0:12}" "$environment" "${everything_from:+ with all of gitops/}"
}

# Why nothing is to be proposed now; nothing if it is.
obstacle() {
    local reason
    reason=$(objection "$gitops_dir" "$base_commit" "$file" "$revision") || return
    case $reason:$requested:$everything_from in
        withdrawn:yes:* | current:yes:?*) reason='' ;;
        older:yes:*) fail "$revision is older than what $environment runs: to roll back, revert the pull request" ;;
    esac
    if [[ -z $reason && -z $requested ]]; then
        if [[ $revision != "$proposed_revision" ]] && is_older "$revision" "$proposed_revision"; then
            reason="older than the proposed $proposed_revision"
        elif was_refused "$repository" "$branch" "$base" "$(title_of "$revision")"; then
            reason=refused
        fi
    fi
    printf '%s' "$reason"
}

# The text of the pull request, of what is proposed by now.
# shellcheck disable=SC2016 # the backquotes are Markdown's
describe() {
    local uri held
    uri=$(image_uri "$gitops_dir" "$base_commit" "$file")
    held=$(revision_of "$uri")
    printf 'Merging this deploys `%s` to `%s`.\n\n' "$service" "$environment"
    printf -- '- before: `%s`\n- after: `%s`\n' "$uri" "$proposed_uri"
    if [[ -n $held ]] && has_commit "$held" && has_commit "$proposed_revision"; then
        printf '\nCommits between them that touch what the service is made of:\n\n'
        # Indented text is code: nobody is mentioned and no issue is closed by what a commit says.
        log_of "$service" -30 --format='    %h %s' "$held..$proposed_revision"
    fi
    printf '\nThis pull request is updated when there is a newer image. Close it to refuse this one; open it again to '
    printf 'change your mind. To take a deployment back, revert its pull request.\n'
}

for attempt in 1 2 3 4 5; do
    look
    if [[ -z $revision ]]; then
        retire
        exit
    fi
    reason=$(obstacle)
    if [[ -n $reason ]]; then
        say "nothing to propose for $service in $environment: $revision is $reason"
        retire
        exit
    fi
    write_commit
    if gitops diff --quiet "$base_commit" "$commit"; then
        say "nothing to propose for $service in $environment: $base has all of it"
        exit
    fi
    if is_proposed || push_commit; then break; fi
    if ((attempt == 5)); then
        cat "$folder/push.log" >&2
        fail "$branch could not be pushed"
    fi
done

# A run of a newer commit may take the branch over at any time. Then the pull request is to speak of that.
written=''
look
while [[ -n $proposed_revision && $proposed_commit != "$written" ]]; do
    describe >"$folder/body.md"
    title=$(title_of "$proposed_revision")
    number=$(write_pull_request "$repository" "$branch" "$base" "$title" "$folder/body.md")
    written=$proposed_commit
    look
done
if [[ -n $auto_merge && -n $proposed_commit ]]; then merge_when_green "$repository" "$number" "$proposed_commit"; fi
if [[ -n $written ]]; then echo "$repository#$number"; fi
