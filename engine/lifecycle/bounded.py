"""Runs a command of ``touchstone`` within bounds of time and memory: for what others sent in.

python -m engine.lifecycle.bounded SECONDS BYTES policy check DIR
"""

from __future__ import annotations

import faulthandler
import os
import resource
import sys


def leave(code: int) -> None:
    """End the process at once: native libraries have been seen to crash while Python tidies up."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main() -> int:
    """Set the bounds, then be the command line."""
    # A crash in native code says where it was: all that is left of it.
    faulthandler.enable()
    seconds, size = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from engine.cli.main import main as run

    return run(sys.argv[3:])


if __name__ == "__main__":
    leave(main())
