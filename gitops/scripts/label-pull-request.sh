#!/usr/bin/env bash
# Labels a pull request that changes templates or prod, and takes the labels away when it no longer does.
#
# usage: label-pull-request.sh --repository <owner>/<name> --number <number> [--templates true] [--prod true]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=gitops/scripts/lib/options.sh
source "$here/lib/options.sh"
# shellcheck source=gitops/scripts/lib/github.sh
source "$here/lib/github.sh"

repository='' number='' templates=false prod=false
read_options "repository number templates prod" "" "$@"
need_options repository number
need_program gh

# Sets or takes away one label. usage: set_label NAME true|false DESCRIPTION
set_label() {
    local present
    present=$(gh api "repos/$repository/issues/$number/labels" --jq ".[] | select(.name == \"$1\") | .name")
    if [[ $2 == true && -z $present ]]; then
        need_label "$repository" "$1" d93f0b "$3"
        gh api --silent "repos/$repository/issues/$number/labels" -f "labels[]=$1"
    elif [[ $2 != true && -n $present ]]; then
        gh api --silent -X DELETE "repos/$repository/issues/$number/labels/$1"
    fi
}

set_label changes-templates "$templates" "Changes what every environment is made of"
set_label changes-prod "$prod" "Changes what prod runs"
