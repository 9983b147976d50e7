# shellcheck shell=bash
# How the scripts of this folder read their command line and say what is wrong. Sourced. No script here asks for more
# than Bash 3.2, that of macOS.

# Progress and reasons go to standard error; standard output carries results only.
say() { printf '%s\n' "$*" >&2; }

# Says why the script ends, and ends it.
fail() {
    say "${0##*/}: $*"
    exit 1
}

# The same for a command line that cannot be understood.
wrong_usage() {
    say "${0##*/}: $* (--help says what there is)"
    exit 2
}

# Prints the comment at the head of the script, which is its help.
usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"; }

# Reads `--some-name VALUE` into the variable some_name, and `--some-flag` as "yes" into some_flag.
#
# usage: read_options "NAMES WITH A VALUE" "FLAGS" "$@"
read_options() {
    local valued=" $1 " flags=" $2 " name
    shift 2
    while (($# > 0)); do
        name=${1#--}
        if [[ $1 == --help || $1 == -h ]]; then
            usage
            exit 0
        elif [[ $1 == "--$name" && $flags == *" $name "* ]]; then
            printf -v "${name//-/_}" yes
            shift
        elif [[ $1 == "--$name" && $valued == *" $name "* ]]; then
            if (($# < 2)) || [[ -z $2 ]]; then wrong_usage "$1 needs a value"; fi
            printf -v "${name//-/_}" %s "$2"
            shift 2
        else
            wrong_usage "unknown argument: $1"
        fi
    done
}

# Fails unless every named option was given.
need_options() {
    local name variable
    for name in "$@"; do
        variable=${name//-/_}
        if [[ -z ${!variable} ]]; then wrong_usage "--$name is missing"; fi
    done
}

# Fails unless the options hold names that can be part of a path and of a branch.
need_names() {
    local name variable
    for name in "$@"; do
        variable=${name//-/_}
        if [[ ! ${!variable} =~ ^[a-z0-9]+(-[a-z0-9]+)*$ ]]; then wrong_usage "--$name is not a name: ${!variable}"; fi
    done
}

# Fails unless the value is a full commit hash.
need_commit_hash() {
    if [[ ! $1 =~ ^[0-9a-f]{40}$ ]]; then wrong_usage "not a commit of 40 hexadecimal digits: $1"; fi
}

# Fails unless the program is there.
need_program() {
    command -v "$1" >/dev/null || fail "there is no program $1"
}
