# shellcheck shell=bash
# Pull requests and issues, through `gh api`: it authenticates, and every answer has a documented form. Sourced after
# options.sh.

# Makes a command's commits those of GitHub's own runs: a runner has no identity, and CI's branches are CI's, whoever
# runs this.
as_ci() {
    local name='github-actions[bot]' address='41898282+github-actions[bot]@users.noreply.github.com'
    GIT_AUTHOR_NAME=$name GIT_AUTHOR_EMAIL=$address GIT_COMMITTER_NAME=$name GIT_COMMITTER_EMAIL=$address "$@"
}

# owner/name of the repository that a checkout comes from. usage: repository_of DIR
repository_of() {
    local url
    url=$(git -C "$1" remote get-url origin 2>/dev/null) || fail "$1 has no remote named origin"
    url=${url%/}
    url=${url%.git}
    if [[ ! $url =~ [:/]([^/:]+/[^/:]+)$ ]]; then fail "no owner and name of a repository in $url"; fi
    printf '%s' "${BASH_REMATCH[1]}"
}

# The number of the open pull request of a branch; nothing if there is none.
#
# usage: open_pull_request REPOSITORY BRANCH BASE
open_pull_request() {
    gh api "repos/$1/pulls?state=open&head=${1%%/*}:$2&base=$3" --jq '.[0].number // empty'
}

# Whether somebody closed a pull request of the branch with this title instead of merging it.
#
# usage: was_refused REPOSITORY BRANCH BASE TITLE
was_refused() {
    local titles
    titles=$(gh api "repos/$1/pulls?state=closed&head=${1%%/*}:$2&base=$3&per_page=100" \
        --jq '.[] | select(.merged_at == null) | .title') || fail "the pull requests of $1 cannot be listed"
    grep -Fxq -e "$4" <<<"$titles"
}

# Opens a pull request or changes the open one; prints its number.
#
# usage: write_pull_request REPOSITORY BRANCH BASE TITLE BODY_FILE
write_pull_request() {
    local number answer=''
    number=$(open_pull_request "$1" "$2" "$3") || return
    if [[ -z $number ]] && answer=$(gh api "repos/$1/pulls" \
        -f "title=$4" -f "head=$2" -f "base=$3" -F "body=@$5" --jq .number 2>&1); then
        number=$answer
        say "opened pull request $1#$number: $4"
    elif [[ $answer == *"not permitted to create"* ]]; then
        fail "workflows may not open pull requests in $1: allow it (Settings → Actions → General → Workflow permissions)" \
            "or set a GitHub App up, see gitops/README.md"
    else
        # A run at the same time may have opened it between the question and the answer.
        number=$(open_pull_request "$1" "$2" "$3") || return
        if [[ -z $number ]]; then fail "no pull request could be opened for $2: $answer"; fi
        gh api --silent -X PATCH "repos/$1/pulls/$number" -f "title=$4" -F "body=@$5" || return
        say "updated pull request $1#$number: $4"
    fi
    echo "$number"
}

# Says something on a pull request or an issue and closes it. usage: close REPOSITORY NUMBER COMMENT
close() {
    gh api --silent "repos/$1/issues/$2/comments" -f "body=$3" || return
    gh api --silent -X PATCH "repos/$1/issues/$2" -f state=closed || return
    say "closed $1#$2: $3"
}

# Makes a label unless it exists. usage: need_label REPOSITORY NAME COLOR DESCRIPTION
need_label() {
    if ! gh api --silent "repos/$1/labels/$2" 2>/dev/null; then
        gh api --silent "repos/$1/labels" -f "name=$2" -f "color=$3" -f "description=$4"
    fi
}

# Merges a pull request as soon as its checks are green, or at once if there is nothing to wait for; not if its branch
# has another commit by then. usage: merge_when_green REPOSITORY NUMBER COMMIT
merge_when_green() {
    local id answer query
    # shellcheck disable=SC2016 # variables of GraphQL
    query='mutation($id: ID!, $commit: GitObjectID!) {
        enablePullRequestAutoMerge(input: {pullRequestId: $id, expectedHeadOid: $commit, mergeMethod: SQUASH}) {
            clientMutationId
        }
    }'
    id=$(gh api "repos/$1/pulls/$2" --jq .node_id) || return
    if answer=$(gh api graphql -f "query=$query" -f "id=$id" -f "commit=$3" 2>&1); then
        say "$1#$2 is merged as soon as its checks are green"
    elif [[ $answer == *"clean status"* ]]; then
        gh api --silent -X PUT "repos/$1/pulls/$2/merge" -f "sha=$3" -f merge_method=squash || return
        say "merged $1#$2"
    else
        fail "$1#$2 cannot be merged by itself (is auto-merge allowed in the repository's settings?): $answer"
    fi
}
