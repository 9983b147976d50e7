#!/usr/bin/env bash
# Installs those of the named Debian packages that are missing; says what to do where it may not.
#
# usage: install-packages.sh PACKAGE[|ALTERNATIVE...] ...      (the first alternative is the one installed)
set -euo pipefail

if ! command -v dpkg-query >/dev/null; then
    echo "    This is neither Debian nor Ubuntu: please see to it that there is what these packages hold: $*"
    exit 0
fi

is_installed() {
    [[ $(dpkg-query -W -f '${Status}' "$1" 2>/dev/null) == "install ok installed" ]]
}

missing=()
for wanted in "$@"; do
    IFS='|' read -ra alternatives <<<"$wanted"
    found=
    for package in "${alternatives[@]}"; do
        if is_installed "$package"; then found=yes; fi
    done
    if [[ -z $found ]]; then missing+=("${alternatives[0]}"); fi
done
if ((${#missing[@]} == 0)); then exit 0; fi

if ((EUID == 0)); then
    as_root=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root=(sudo -n)
else
    cat >&2 <<END
Packages are missing, and installing them needs root. Please run this, then try again:

    sudo apt-get update && sudo apt-get install -y ${missing[*]}

END
    exit 1
fi

echo "==> Installing ${missing[*]}"
apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "$@"
}
apt update
apt install -y --no-install-recommends "${missing[@]}" >/dev/null
