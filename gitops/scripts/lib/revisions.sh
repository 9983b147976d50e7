# shellcheck shell=bash
# Which commit a deployment file holds, and whether another one may take its place. Sourced after options.sh.
#
# The sources are the repository in the working directory. The deployment files may be in the same repository or in one
# of their own; `gitops_dir` is a checkout of it.

# Fails unless the folder is a Git repository with its whole history, without which no rule below can be right.
need_history() {
    local shallow
    shallow=$(git -C "$1" rev-parse --is-shallow-repository 2>/dev/null) || fail "$1 is not a Git repository"
    if [[ $shallow == true ]]; then fail "$1 has only a part of its history: git fetch --unshallow"; fi
}

# Where a service's deployment file is in its repository. usage: deployment_file ENVIRONMENT SERVICE
deployment_file() { printf 'gitops/environments/%s/%s.deployment.yml' "$1" "$2"; }

# The services that are built from the sources, one a line: those with a list of what they are made of.
services() {
    local inputs
    for inputs in Dockerfiles/*.inputs; do
        if [[ ! -f $inputs ]]; then fail "there is no Dockerfiles/*.inputs: run this in a checkout of the sources"; fi
        basename "$inputs" .inputs
    done
}

# The files and folders that a service is made of, one a line. usage: inputs_of SERVICE
inputs_of() {
    local list=Dockerfiles/$1.inputs
    if ! grep -q '^[^#]' "$list" 2>/dev/null; then fail "$list does not say what $1 is made of"; fi
    sed -e 's/[[:space:]]*#.*//' -e '/^$/d' "$list"
}

# git log of those commits of a branch that changed what a service is made of. usage: log_of SERVICE ARGUMENT...
#
# Only commits that were once the branch's tip count (--first-parent): they were tested as a whole, and each is older or
# newer than each other one.
log_of() {
    local service=$1 list path inputs=()
    shift
    list=$(inputs_of "$service") || return
    while IFS= read -r path; do inputs+=("$path"); done <<<"$list"
    git --literal-pathspecs log --first-parent "$@" -- "${inputs[@]}"
}

# The commit that a service should run: the last one that changed what it is made of.
desired_revision() { log_of "$1" -1 --format=%H HEAD; }

# The one ImageUri in a deployment file. usage: image_uri GITOPS_DIR COMMIT FILE
image_uri() {
    local text uris
    text=$(git -C "$1" show "$2:$3" 2>/dev/null) || fail "there is no $3 at $2"
    uris=$(sed -nE 's/^[[:space:]]+ImageUri:[[:space:]]*"([^"]+)"[[:space:]]*(#.*)?$/\1/p' <<<"$text")
    if [[ ! $uris =~ ^[A-Za-z0-9._/:-]+:[A-Za-z0-9._-]+$ ]]; then
        fail "$3 at $2 must have one line ImageUri: \"<repository>:<tag>\""
    fi
    printf '%s' "$uris"
}

# The commit that an image URI is tagged with; nothing for a tag of another form. usage: revision_of IMAGE_URI
revision_of() {
    if [[ $1 =~ :sha-([0-9a-f]{40})$ ]]; then printf '%s' "${BASH_REMATCH[1]}"; fi
}

# Whether the sources have a commit. A checkout can be older than what others deployed meanwhile: so it asks once more.
has_commit() {
    git cat-file -e "$1^{commit}" 2>/dev/null ||
        { git fetch --quiet origin 2>/dev/null && git cat-file -e "$1^{commit}" 2>/dev/null; }
}

# Whether the first commit is an ancestor of the second. What the sources do not have, such as the value that a new
# deployment file starts with, is older than everything.
is_older() {
    local status=0
    if [[ -z $2 ]] || ! has_commit "$2"; then return 1; fi
    git merge-base --is-ancestor "$1" "$2" || status=$?
    if ((status > 1)); then fail "there is no commit $1 here"; fi
    return "$status"
}

# Whether the deployment file ever held the revision. usage: was_deployed GITOPS_DIR COMMIT FILE REVISION
was_deployed() {
    [[ -n $(git -C "$1" log -1 -m --full-history --format=%H -S"sha-$4" "$2" -- "$3") ]]
}

# Why a revision is not to be deployed: "current", "older" than what is deployed, or "withdrawn" (deployed once, and
# taken back since); nothing when it may be. usage: objection GITOPS_DIR COMMIT FILE REVISION
objection() {
    local uri held
    uri=$(image_uri "$1" "$2" "$3") || return
    held=$(revision_of "$uri")
    if [[ $held == "$4" ]]; then
        echo current
    elif is_older "$4" "$held"; then
        echo older
    elif was_deployed "$@"; then
        echo withdrawn
    fi
}
