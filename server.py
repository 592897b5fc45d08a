"""Touchstone's entry point: ``python server.py --help`` lists every option.

Exit codes: 0 stopped as asked, 1 failed, 2 misconfigured, 3 the ledger could not make a record
durable.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

# The generated code stands beside the proto files; a checkout runs without being installed.
sys.path.append(str(Path(__file__).resolve().parent / "proto"))
# Before XGBoost is loaded: one row is scored at a time, and a pool of threads only disturbs.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import uvloop

from engine.api.run import EXIT_FAILED, EXIT_MISCONFIGURED, run
from engine.errors import PolicyError, TouchstoneError
from engine.privacy import KeyringError
from engine.settings import SettingsError
from engine.settings_loading import load


def main() -> int:
    """Run the server; the exit code says how it ended."""
    # What it writes is its own: the stores make their files with the mode that is left to them.
    os.umask(0o077)
    try:
        settings = load(sys.argv[1:], os.environ)
        return uvloop.run(run(settings))
    except (SettingsError, KeyringError) as error:
        return _refuse(f"misconfigured: {error}", EXIT_MISCONFIGURED)
    except PolicyError as error:
        return _refuse(f"the policy was refused:\n{error}", EXIT_MISCONFIGURED)
    except (TouchstoneError, OSError) as error:
        return _refuse(f"cannot start: {error}", EXIT_FAILED)


def _refuse(text: str, code: int) -> int:
    sys.stderr.write(f"touchstone: {text}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
