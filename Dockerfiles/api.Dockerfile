# The image of shrinkr-api: docker build -f Dockerfiles/api.Dockerfile -t shrinkr-api . (in the repository's root)
#
# All images are made by the same text up to the last stage: a test compares them. `make lock` pins the bases to their
# digests; Dependabot moves these on, but reads no FROM with a variable.

# The program, with Swift's libraries in it.
FROM swift:6.3-bookworm AS builder
# No versions: each build takes Debian's security updates along.
# hadolint ignore=DL3008
RUN apt-get -qq update \
    && apt-get -qq install -y --no-install-recommends libpq-dev libsqlite3-dev libssl-dev zlib1g-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Package.* openapi.yaml ./
COPY Sources Sources
# Not built, but the manifest names them.
COPY Tests Tests
ARG SWIFT_FLAGS="--traits PostgreSQL"
ARG PRODUCT=shrinkr-api
# The commit that --version says; none in a build for this machine, so that a commit builds no more than it changes.
ARG COMMIT=""
# Where versions are locked, those and no others. One cache for all images: what is built for one need not be built for
# another. SWIFT_FLAGS is meant to be split into words.
# hadolint ignore=SC2086
RUN --mount=type=cache,id=shrinkr-build,target=/src/.build,sharing=locked \
    if [ -f Package.resolved ]; then set -- --force-resolved-versions; fi \
    && if [ -n "${COMMIT}" ]; then \
        sed -i "s/commit = \"\"/commit = \"${COMMIT}\"/" Sources/ShrinkrProcess/Version.swift; fi \
    && swift build -c release --static-swift-stdlib --product "${PRODUCT}" ${SWIFT_FLAGS} "$@" \
    && install -D ".build/release/${PRODUCT}" "/out/${PRODUCT}" \
    && strip "/out/${PRODUCT}"

# The program alone, as a file: docker buildx build --target program --output DIRECTORY
FROM scratch AS program
COPY --from=builder /out/ /

# The few Debian packages that the program needs, unpacked: no shell, no package manager. Their control files come along,
# so that scanners know what is in the image.
FROM debian:bookworm-slim AS files
WORKDIR /packages
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
# No versions, as above. The owners are meant to be split into words.
# hadolint ignore=DL3008,SC2086
RUN set -eu; \
    apt-get -qq update; \
    apt-get -qq install -y --no-install-recommends ca-certificates libpq5; \
    # Those of the libraries that libpq loads; the names of many have a version.
    libraries=$(ldd /usr/lib/*/libpq.so.5 | awk '$2 == "=>" { print $1 }'); \
    owners=$(for library in ${libraries}; do dpkg-query --search "*/${library}"; done | cut -d : -f 1 | sort -u); \
    # The last but those has the licence of two others; its name has a version, too.
    apt-get -qq download base-files ca-certificates libc6 libgcc-s1 libpq5 libsqlite3-0 libstdc++6 zlib1g \
        "$(dpkg-query --show --showformat '${Package}' 'gcc-*-base')" ${owners}; \
    mkdir -p /files/var/lib/dpkg/status.d; \
    for package in *.deb; do \
        dpkg-deb --extract "${package}" /files; \
        dpkg-deb --field "${package}" >"/files/var/lib/dpkg/status.d/${package%%_*}"; \
    done; \
    cp /etc/ssl/certs/ca-certificates.crt /files/etc/ssl/certs/; \
    echo 'hosts: files dns' >/files/etc/nsswitch.conf; \
    echo 'shrinkr:x:65532:65532::/var/lib/shrinkr:/nonexistent' >/files/etc/passwd; \
    echo 'shrinkr:x:65532:' >/files/etc/group; \
    install -d -m 0700 -o 65532 -g 65532 /files/var/lib/shrinkr; \
    find /files/usr/share -mindepth 1 -maxdepth 1 ! -name common-licenses ! -name doc -exec rm -rf {} +; \
    find /files/usr/share/doc -type f ! -name copyright -delete; \
    rm -rf /files/etc/update-motd.d /files/usr/lib/*/gconv /files/usr/sbin/*

FROM scratch
COPY --from=files /files /
# The public ones are no authorities of Amazon RDS.
COPY Dockerfiles/rds-authorities.pem /etc/ssl/certs/
COPY --from=builder /out/ /usr/local/bin/
ENV SHRINKR_DATA_DIR=/var/lib/shrinkr
USER 65532:65532
WORKDIR /var/lib/shrinkr
# The journal: it must outlive the container. Declared, so that a new volume belongs to our user.
VOLUME /var/lib/shrinkr
# Without an API key the program refuses to listen here.
ENV SHRINKR_HTTP_HOST=0.0.0.0
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["/usr/local/bin/shrinkr-api", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/shrinkr-api"]
ARG SOURCE=""
ARG REVISION=""
ARG VERSION=""
LABEL org.opencontainers.image.title="shrinkr-api" \
    org.opencontainers.image.description="Shortens and follows links, and sends every click to SQS" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.source="${SOURCE}" \
    org.opencontainers.image.revision="${REVISION}" \
    org.opencontainers.image.version="${VERSION}"
