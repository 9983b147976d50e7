# shellcheck shell=bash
# What the image registry has. Sourced after options.sh.

# Whether the repository has an image of the revision. Only the registry's word "not found" means no: a registry that
# does not answer, or does not let us see, ends the script. usage: is_published REPOSITORY REVISION
is_published() {
    local answer
    if answer=$(docker buildx imagetools inspect "$1:sha-$2" 2>&1); then return 0; fi
    case $answer in
        *": not found"*) return 1 ;;
        *) fail "the registry does not say whether it has $1:sha-$2: $answer" ;;
    esac
}
