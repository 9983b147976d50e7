#!/usr/bin/env bash
# Runs a command with an SQS and S3 server (moto) at SHRINKR_TEST_AWS_ENDPOINT, which ends with the command.
#
# usage: with-aws-server.sh VENV COMMAND [ARGUMENT...]
set -euo pipefail

python=$1/bin/python
shift

port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
log=$(mktemp)
"$python" "$(dirname "$0")/../EndToEnd/support/moto_server.py" -H 127.0.0.1 -p "$port" >"$log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -f "$log"' EXIT

export SHRINKR_TEST_AWS_ENDPOINT=http://127.0.0.1:$port
for _ in {1..300}; do
    if curl --silent --fail --output /dev/null "$SHRINKR_TEST_AWS_ENDPOINT/moto-api/data.json"; then
        "$@"
        exit
    fi
    if ! kill -0 "$server" 2>/dev/null; then break; fi
    sleep 0.1
done
echo "The SQS and S3 server does not start:" >&2
cat "$log" >&2
exit 1
