#!/usr/bin/env bash
# Runs a command with a PostgreSQL server of its own at SHRINKR_TEST_POSTGRESQL_URL, which ends with the command.
#
# usage: with-postgresql.sh COMMAND [ARGUMENT...]
#
# The server listens on a free port of 127.0.0.1 and on a socket in its folder, and asks for a password (scram-sha-256).
# SHRINKR_TEST_POSTGRESQL_DATA is its folder, SHRINKR_TEST_POSTGRESQL_BIN the one of its programs (pg_ctl, pgbench), and
# SHRINKR_TEST_POSTGRESQL_RUN runs a command as the server's user.
# Commits are safe from the server's end, but not from the machine's; with SHRINKR_TEST_POSTGRESQL_FSYNC=on from both.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
if (($# == 0)); then
    sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
    exit 64
fi

"$here/install-packages.sh" libpq-dev >&2
bin=$("$here/install-postgresql.sh")

# Nothing of who calls matters to the server: neither PGPORT nor a language; and it refuses to run as root.
as_server=(env -i "PATH=$bin:/usr/bin:/bin" LC_ALL=C TZ=UTC)
if ((EUID == 0)); then
    as_server=(setpriv --reuid=postgres --regid=postgres --clear-groups "${as_server[@]}")
fi

# Short, since the path of a socket has at most 107 bytes.
folder=$(mktemp -d /tmp/shrinkr-postgresql.XXXXXX)
data=$folder/data
command=
stop() {
    trap - EXIT HUP INT TERM
    if [[ -n $command ]]; then
        kill -TERM "$command" 2>/dev/null || true
        for _ in {1..100}; do
            if ! kill -0 "$command" 2>/dev/null; then break; fi
            sleep 0.1
        done
        kill -KILL "$command" 2>/dev/null || true
        wait "$command" 2>/dev/null || true
    fi
    cd /
    "${as_server[@]}" pg_ctl stop -D "$data" -m immediate -t 30 -s 2>/dev/null || true
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf '%s\n' "$password" >"$folder/password"
if ((EUID == 0)); then chown -R postgres:postgres "$folder"; fi

fail() {
    echo "The PostgreSQL server does not start:" >&2
    cat "$folder/log" "$data/server.log" >&2 2>/dev/null || true
    exit 1
}

(
    cd "$folder"
    "${as_server[@]}" initdb -D "$data" --username=shrinkr --pwfile="$folder/password" --auth=scram-sha-256 \
        --encoding=UTF8 --locale=C --no-sync >"$folder/log" 2>&1
) || fail
rm "$folder/password"
cat >>"$data/postgresql.conf" <<END
listen_addresses = '127.0.0.1'
unix_socket_directories = '$folder'
fsync = ${SHRINKR_TEST_POSTGRESQL_FSYNC:-off}
full_page_writes = ${SHRINKR_TEST_POSTGRESQL_FSYNC:-off}
shared_buffers = 64MB
# More than all tests at once ask for: they run side by side, each with connections of its own.
max_connections = 1000
max_wal_size = 256MB
log_min_messages = warning
END

# Somebody else may take a port between the look and its use: then another one.
free_port() {
    local port
    while true; do
        port=$((20000 + RANDOM % 12000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
}
started=
for _ in {1..5}; do
    port=$(free_port)
    echo "port = $port" >>"$data/postgresql.conf"
    if (cd "$folder" && "${as_server[@]}" pg_ctl start -D "$data" -w -t 60 -s -l "$data/server.log" >/dev/null 2>&1); then
        started=yes
        break
    fi
done
if [[ -z $started ]]; then fail; fi

# libpq would take from these what a URL does not say.
for name in "${!PG@}"; do unset "$name"; done
export SHRINKR_TEST_POSTGRESQL_URL="postgresql://shrinkr:$password@127.0.0.1:$port/postgres"
export SHRINKR_TEST_POSTGRESQL_DATA=$data
export SHRINKR_TEST_POSTGRESQL_BIN=$bin
export SHRINKR_TEST_POSTGRESQL_RUN=$folder/run
printf '#!/bin/sh\nexec %s "$@"\n' "$(printf '%q ' "${as_server[@]}")" >"$folder/run"
chmod 755 "$folder/run"

# In the background, because a shell hears of a signal only between commands.
"$@" <&0 &
command=$!
status=0
wait "$command" || status=$?
command=
exit "$status"
