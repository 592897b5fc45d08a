#!/usr/bin/env bash
# Load with h2load (Debian package nghttp2-client). Every call repeats one request_id, so this
# measures the road to the ledger's stored answer; `make bench` measures fresh decisions.
#   client_examples/h2load.sh [host:port] [calls]
set -euo pipefail
target="${1:-${TOUCHSTONE_SERVER:-127.0.0.1:50051}}"
calls="${2:-5000}"
body="$(mktemp)"
trap 'rm -f "$body"' EXIT
cd "$(dirname "$0")/.."
"${PYTHON:-.venv/bin/python}" -m client_examples.write_request "$body"
# h2load counts HTTP statuses only, and a gRPC error is an HTTP 200: check answers with a client.
h2load -n "$calls" -c 4 -m 16 -d "$body" -H 'content-type: application/grpc' -H 'te: trailers' \
  "http://$target/touchstone.v1.DecisionService/Decide"
