#!/usr/bin/env bash
# Prints the folder of PostgreSQL's programs (initdb, postgres), of the newest version that is there; installs it where
# none is, without a cluster of the machine's own.
#
# usage: install-postgresql.sh
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)

find_programs() {
    local initdb
    initdb=$(find /usr/lib/postgresql/*/bin /usr/pgsql-*/bin -maxdepth 1 -name initdb 2>/dev/null | sort -V | tail -n 1)
    if [[ -z $initdb ]]; then initdb=$(command -v initdb || true); fi
    if [[ -n $initdb ]]; then dirname "$initdb"; fi
}

bin=$(find_programs)
if [[ -z $bin ]]; then
    # The package sets up and starts a cluster of the machine's, which nobody asked for.
    "$here/install-packages.sh" postgresql-common >&2
    if [[ -w /etc/postgresql-common/createcluster.conf ]]; then
        sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
    fi
    "$here/install-packages.sh" postgresql >&2
    bin=$(find_programs)
fi
if [[ -z $bin ]]; then
    echo "There is no initdb of PostgreSQL: please install its server." >&2
    exit 1
fi
echo "$bin"
