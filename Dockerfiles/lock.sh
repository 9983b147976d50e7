#!/usr/bin/env bash
# Locks what images are built of, so that a commit is always built of the same: the versions of Swift packages
# (Package.resolved), the base images by digest (FROM), and the authorities of Amazon RDS (rds-authorities.pem). Commit
# what it changes; Dependabot proposes newer ones, but for the authorities: to have those of today, take the certificates
# out of the file first.
#
# usage: lock.sh
#
# CI deploys no image of a commit without it. Needs Swift, curl, openssl, and Docker's buildx with a way to the registry of
# the bases. What has a digest, or certificates, keeps them.
set -euo pipefail
cd "$(dirname "$0")/.."

for program in "${SWIFT:-swift}" curl docker jq openssl; do
    command -v "$program" >/dev/null || { echo "lock.sh: there is no program $program" >&2; exit 1; }
done

bases=$(sed -nE 's/^FROM ([^ @]+:[^ @]+)( .*)?$/\1/p' Dockerfiles/*.Dockerfile | sort -u)
for base in $bases; do
    digest=$(docker buildx imagetools inspect "$base" --format '{{json .Manifest}}' | jq -r .digest)
    if [[ ! $digest =~ ^sha256:[0-9a-f]{64}$ ]]; then
        echo "lock.sh: the registry does not say which digest $base has" >&2
        exit 1
    fi
    for file in Dockerfiles/*.Dockerfile; do
        text=$(sed -E "s|^FROM $base( .*)?\$|FROM $base@$digest\\1|" "$file")
        printf '%s\n' "$text" >"$file"
    done
    echo "$base@$digest"
done

authorities=Dockerfiles/rds-authorities.pem source=https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem
if ! grep -q '^-----BEGIN CERTIFICATE-----' "$authorities"; then
    bundle=$(mktemp)
    trap 'rm -f "$bundle"' EXIT
    curl --fail --silent --show-error --proto =https --max-time 60 --max-filesize 1000000 --output "$bundle" "$source"
    subjects=$(openssl crl2pkcs7 -nocrl -certfile "$bundle" | openssl pkcs7 -print_certs -noout | sed -n '/^subject/p')
    if [[ -z $subjects ]] || grep -v 'Amazon RDS' <<<"$subjects" >&2; then
        echo "lock.sh: $source does not hold authorities of Amazon RDS alone" >&2
        exit 1
    fi
    cat "$bundle" >>"$authorities"
    echo "$authorities: $(wc -l <<<"$subjects") authorities"
fi

"${SWIFT:-swift}" package resolve
# The list of ignored files has it, for those who do not lock.
git add --force Package.resolved Dockerfiles/*.Dockerfile "$authorities"
echo "Now commit: $(git diff --cached --name-only -- Package.resolved Dockerfiles | paste -s -d ' ' -)"
