#!/usr/bin/env bash
# Fails if the committed generated code is not what the .proto files generate today,
# or if the interface breaks a client of the last release.
set -euo pipefail
cd "$(dirname "$0")/.."

buf="${BUF:-.venv/bin/buf}"
fresh="$(mktemp -d)"
trap 'rm -rf "$fresh"' EXIT

"$buf" lint

tools/generate_proto.sh "$fresh"
if ! diff --recursive --brief --exclude='*.proto' --exclude=__pycache__ "$fresh" proto; then
    echo "generated code is out of date: run make proto and commit the result" >&2
    exit 1
fi

# Without a tag nothing is released yet, so nothing can break.
if tag="$(git describe --tags --abbrev=0 2>/dev/null)"; then
    "$buf" breaking --against ".git#tag=$tag"
fi
