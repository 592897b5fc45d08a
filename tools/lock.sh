#!/usr/bin/env bash
# Regenerates the hash-locked requirement files; needs uv, which `make lock` finds or explains.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v uv >/dev/null; then
    echo "make lock needs uv on PATH (pip install uv)" >&2
    exit 1
fi

# One version per package for every supported Python ("fewest"): numpy and scipy must not differ
# between the interpreter that trained a scorecard and the one that replays its decisions.
compile=(
    uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest
    --generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links
    --custom-compile-command "make lock" "$@"
)
# "$@" lets `make lock ARGS=--upgrade` move versions; without it existing pins are kept.
"${compile[@]}" requirements/build.in --output-file requirements/build.txt
"${compile[@]}" pyproject.toml --extra train --extra dev --output-file requirements/dev.txt
"${compile[@]}" pyproject.toml --constraints requirements/dev.txt \
    --output-file requirements/runtime.txt
# What scoring is measured beside, with what a score needs: in an environment of its own.
"${compile[@]}" pyproject.toml --extra bench --constraints requirements/dev.txt \
    --output-file requirements/bench.txt
# An environment of its own: its protobuf is older than ours.
"${compile[@]}" requirements/optbinning.in --output-file requirements/optbinning.txt
