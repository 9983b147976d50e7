#!/usr/bin/env bash
# Keeps one issue per environment and service: open while what runs is not what Git says, closed when it is again.
#
# usage: report-verification.sh --environment devstg --results <folder> --repository <owner>/<name> [--run <address>]
#
# Reads what verify.sh wrote. A service that is still rolling changes nothing: the next run knows more. Forks begin with
# Issues off; then only the run itself tells.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=gitops/scripts/lib/options.sh
source "$here/lib/options.sh"
# shellcheck source=gitops/scripts/lib/github.sh
source "$here/lib/github.sh"

environment='' results='' repository='' run=''
read_options "environment results repository run" "" "$@"
need_options environment results repository
need_names environment
need_program gh
label=deployment-drift
body=$(mktemp)
trap 'rm -f "$body"' EXIT

# Writes the issue's text. usage: describe SERVICE STATUS
# shellcheck disable=SC2016 # the backquotes are Markdown's
describe() {
    case $2 in
        1) printf 'What runs as `%s` in `%s` is not what Git says.\n\n' "$1" "$environment" ;;
        *) printf 'It cannot be told whether `%s` in `%s` runs what Git says.\n\n' "$1" "$environment" ;;
    esac
    sed 's/^/    /' "$results/$1.txt"
    printf '\nSeen at %s%s. ' "$(date -u +%Y-%m-%dT%H:%MZ)" "${run:+ by $run}"
    printf 'Every look writes this text anew.\n'
}

# Opens the issue, or writes it anew. usage: report SERVICE STATUS TITLE NUMBER STATE
report() {
    describe "$1" "$2" >"$body"
    if [[ -z $4 ]]; then
        need_label "$repository" "$label" d93f0b "What runs is not what Git says"
        gh api --silent "repos/$repository/issues" -f "title=$3" -f "labels[]=$label" -F "body=@$body"
    else
        gh api --silent -X PATCH "repos/$repository/issues/$4" -f state=open -F "body=@$body"
        if [[ $5 == closed ]]; then gh api --silent "repos/$repository/issues/$4/comments" -f "body=It is back."; fi
    fi
    say "reported: $3"
}

files=("$results"/*.status)
if [[ ! -f ${files[0]} ]]; then fail "there are no results in $results"; fi
if [[ $(gh api "repos/$repository" --jq .has_issues) != true ]]; then
    echo "::warning::Issues are off in $repository (Settings → General → Features): drift is told by red runs alone"
    exit
fi

for file in "${files[@]}"; do
    service=$(basename "$file" .status)
    status=$(<"$file")
    title="$service in $environment is not what Git says"
    known=$(gh api "repos/$repository/issues?state=all&labels=$label&per_page=100" \
        --jq "[.[] | select(.title == \"$title\")] | first // empty | \"\(.number) \(.state)\"")
    read -r number state <<<"$known"
    case $status:$state in
        0:open) close "$repository" "$number" "What runs is what Git says again." ;;
        0:* | 2:*) ;;
        *) report "$service" "$status" "$title" "$number" "$state" ;;
    esac
done
