# shellcheck shell=bash
# The branch deploy/<environment>/<service>: read, made anew, pushed, deleted. Sourced after revisions.sh and github.sh
# by propose.sh, whose variables it uses. Commits are made in an index of their own: no working directory is touched.
# shellcheck disable=SC2154 # propose.sh sets what is used here

# Runs git in the repository of the deployment files.
gitops() { git -C "$gitops_dir" "$@"; }

# The same with the index in which the commit is made.
staged() { GIT_INDEX_FILE=$folder/index gitops "$@"; }

# Reads what the remote has now: base_commit; proposed_commit, proposed_uri and proposed_revision, empty if nothing is
# proposed.
look() {
    gitops fetch --quiet --prune origin "+refs/heads/$base:refs/remotes/origin/$base" \
        "+refs/heads/deploy/$environment/*:refs/remotes/origin/deploy/$environment/*" ||
        fail "the branch $base of $repository cannot be fetched"
    base_commit=$(gitops rev-parse --verify "refs/remotes/origin/$base^{commit}")
    proposed_commit=$(gitops rev-parse --quiet --verify "refs/remotes/origin/$branch^{commit}" || true)
    proposed_uri=''
    if [[ -n $proposed_commit ]]; then
        proposed_uri=$(image_uri "$gitops_dir" "$proposed_commit" "$file" 2>/dev/null) || proposed_uri=''
    fi
    proposed_revision=$(revision_of "$proposed_uri")
}

# Puts an image into the deployment file of a service in the index. usage: stage_image SERVICE IMAGE_URI
stage_image() {
    local path blob copy=$folder/$1.deployment.yml
    path=$(deployment_file "$environment" "$1")
    staged show ":$path" >"$copy"
    "$deploy" set-image --file "$copy" --image-uri "$2" >&2
    blob=$(gitops hash-object -w --no-filters "$copy")
    staged update-index --cacheinfo "100644,$blob,$path"
}

# Fills gitops/ in the index with what everything_from has, but keeps the images that the services have on the base.
stage_everything() {
    local path uri
    staged rm -r -f -q --cached gitops
    staged read-tree --prefix=gitops/ "$everything_from:gitops"
    for path in $(gitops ls-tree -r --name-only "$base_commit" -- "gitops/environments/$environment"); do
        # What is gone where it comes from stays gone, and not everything has an image.
        if [[ -z $(staged ls-files -- "$path") ]]; then continue; fi
        if uri=$(image_uri "$gitops_dir" "$base_commit" "$path" 2>/dev/null); then
            stage_image "$(basename "$path" .deployment.yml)" "$uri"
        fi
    done
}

# Makes the commit to propose, on top of the base; sets commit.
write_commit() {
    local tree
    staged read-tree "$base_commit"
    if [[ -n $everything_from ]]; then stage_everything; fi
    stage_image "$service" "$image_uri"
    tree=$(staged write-tree)
    commit=$(title_of "$revision" | as_ci gitops commit-tree "$tree" -p "$base_commit")
    if [[ -z $everything_from && $(gitops diff --numstat "$base_commit" "$commit") != $'1\t1\t'"$file" ]]; then
        fail "another line than ImageUri would change in $file"
    fi
}

# Whether the branch proposes already what the new commit does.
is_proposed() {
    local scope=$file
    if [[ -n $everything_from ]]; then scope=gitops; fi
    [[ -n $proposed_commit ]] && gitops diff --quiet "$proposed_commit" "$commit" -- "$scope"
}

# Makes the branch point to the new commit, unless another run has changed it since `look`.
push_commit() {
    gitops push --quiet --force-with-lease="refs/heads/$branch:$proposed_commit" origin \
        "$commit:refs/heads/$branch" 2>"$folder/push.log"
}

# Closes a proposal that the base has caught up with, and deletes its branch.
retire() {
    local number reason
    if [[ -z $proposed_revision ]]; then return; fi
    reason=$(objection "$gitops_dir" "$base_commit" "$file" "$proposed_revision")
    if [[ -z $reason ]]; then return; fi
    number=$(open_pull_request "$repository" "$branch" "$base")
    if [[ -n $number ]]; then
        close "$repository" "$number" "Nothing is left to deploy here: on \`$base\`, $proposed_revision is $reason."
    fi
    gitops push --quiet --force-with-lease="refs/heads/$branch:$proposed_commit" origin ":refs/heads/$branch" ||
        say "$branch was changed or deleted by somebody else meanwhile"
}
