#!/usr/bin/env bash
# Generates the Python code of every .proto beside it, or below the directory given as $1.
set -euo pipefail
cd "$(dirname "$0")/.."

out="${1:-proto}"
python="${VENV_PYTHON:-.venv/bin/python}"
fresh="$(mktemp -d)"
trap 'rm -rf "$fresh"' EXIT

protoc() { "$python" -m grpc_tools.protoc -Iproto -Ithird_party/proto "$@"; }

mapfile -t own < <(cd proto && find touchstone -name '*.proto' | LC_ALL=C sort)
protoc --python_out="$fresh" --pyi_out="$fresh" buf/validate/validate.proto "${own[@]}"

# Only files with a service get a _pb2_grpc module: protoc would write an empty one for the rest.
mapfile -t services < <(cd proto && grep -lE '^service ' "${own[@]}" || true)
if [ "${#services[@]}" -gt 0 ]; then
    protoc --grpc_python_out="$fresh" "${services[@]}"
fi

# Replaced only once all of it was generated; code of a .proto that is gone goes too.
mkdir -p "$out"
find "$out" \( -name '*_pb2.py' -o -name '*_pb2.pyi' -o -name '*_pb2_grpc.py' \) -delete
cp -R "$fresh"/. "$out"/
