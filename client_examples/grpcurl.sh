#!/usr/bin/env bash
# Calls a running server with grpcurl (not part of this project: install it from its own releases).
#   client_examples/grpcurl.sh [host:port]
set -euo pipefail
target="${1:-${TOUCHSTONE_SERVER:-127.0.0.1:50051}}"
root="$(cd "$(dirname "$0")/.." && pwd)"
protos=(-import-path "$root/proto" -import-path "$root/third_party/proto"
  -proto touchstone/v1/decision.proto -proto google/rpc/error_details.proto)

echo "The latest decisions:"
grpcurl -plaintext "${protos[@]}" -d '{"page_size": 5}' \
  "$target" touchstone.v1.DecisionService/ListDecisions

echo "A request that names its mistakes:"
grpcurl -plaintext "${protos[@]}" -d '{"request_id": "grpcurl-1", "validate_only": true,
  "application": {"product": "classic", "channel": "mobile", "customer_segment": "mass",
  "applicant": {"full_name": "x", "phones": ["12345"]}}}' \
  "$target" touchstone.v1.DecisionService/Decide || true

echo "A trial calculation of somebody of whom little is known:"
grpcurl -plaintext "${protos[@]}" -d '{"facts": {"product": "classic", "age": 36,
  "declared_monthly_income": {"currency_code": "CNY", "units": 15000}}}' \
  "$target" touchstone.v1.DecisionService/EstimateLimit
