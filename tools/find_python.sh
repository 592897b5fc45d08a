#!/usr/bin/env bash
# Prints the path of a Python 3.11 or 3.12 that can build the environment.
# Candidates are executed, not just looked up: a pyenv shim may exist for a version not selected.
set -euo pipefail

probe='
import os, sys, sysconfig, ensurepip, venv
ok = (3, 11) <= sys.version_info[:2] <= (3, 12)
# durable-rules is an sdist with C code: without the headers pip fails late and obscurely.
headers = os.path.exists(os.path.join(sysconfig.get_paths()["include"], "Python.h"))
sys.exit(0 if ok and headers else 1)
'
for candidate in "${PYTHON:-}" python3.11 python3.12 python3 python; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c "$probe" >/dev/null 2>&1; then
        "$candidate" -c 'import sys; print(sys.executable)'
        exit 0
    fi
    if [ "$candidate" = "${PYTHON:-}" ]; then
        echo "PYTHON=$PYTHON is not a Python 3.11 or 3.12 with venv and C headers" >&2
        exit 1
    fi
done
echo "No Python 3.11 or 3.12 with venv and C headers on PATH." >&2
echo "Install one (Debian: python3.11-dev python3.11-venv), or: make install PYTHON=/path/to/it" >&2
exit 1
