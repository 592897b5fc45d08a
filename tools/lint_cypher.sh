#!/usr/bin/env bash
# Neo4j's own linter over the statements of the graph, where Node.js is installed. Without it the
# tests still have a real Neo4j explain each of them.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "statements not linted: no Node.js with npm on PATH" >&2
    exit 0
fi
there=.neo4j/lint
mkdir -p "$there"
if ! cmp --silent tools/cypher_lint/package-lock.json "$there/installed.json"; then
    cp tools/cypher_lint/package.json tools/cypher_lint/package-lock.json "$there"
    if ! npm ci --prefix "$there" --ignore-scripts --no-audit --no-fund --loglevel=error; then
        echo "statements not linted: the linter could not be fetched" >&2
        exit 0
    fi
    cp tools/cypher_lint/package-lock.json "$there/installed.json"
fi
cp tools/cypher_lint/lint.js "$there"
node "$there/lint.js" graph/queries
