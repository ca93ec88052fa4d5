# librdkafka comes bundled with the Kafka client as a static archive for glibc: the build needs cgo, and the binary needs
# glibc's own libraries and nothing else. The image holds the binary, those libraries, the CA certificates and a user;
# no shell, no package manager. Nothing is written to the file system: run it with a read-only root. Its size and how to
# try it without Docker: docs/server.md.
FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=1 go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=${VERSION}" -o /kompositor .

# The libraries are those that the linker named, so this holds on every architecture. A library that is not glibc's fails
# the build: it would be one more thing to patch.
RUN set -eu; \
    install -D /kompositor /image/usr/bin/kompositor; \
    for library in $(ldd /kompositor | grep -o '/[^ ]*'); do \
        dpkg -S "$library" | grep -q '^libc6:' || { echo "$library is not of glibc" >&2; exit 1; }; \
        install -D "$library" "/image$library"; \
    done; \
    install -D -m 644 /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ca-certificates.crt; \
    echo 'kompositor:x:65532:65532::/:/nonexistent' > /image/etc/passwd; \
    echo 'kompositor:x:65532:' > /image/etc/group; \
    echo 'hosts: files dns' > /image/etc/nsswitch.conf

FROM scratch
COPY --from=build /image/ /
USER 65532:65532
ENTRYPOINT ["/usr/bin/kompositor"]
CMD ["serve"]
