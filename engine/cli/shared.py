"""What commands over many records share: days and processes."""

from __future__ import annotations

import argparse
import os
from datetime import date
from pathlib import Path

_MOST_PROCESSES = 64


def day(text: str) -> date:
    """A day as typed, such as 2026-01-31. ``ArgumentTypeError`` if it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be a day such as 2026-01-31") from None


def add_window(parser: argparse.ArgumentParser) -> None:
    """Add ``--keys``, ``--since`` and ``--until``, of decisions in a data directory."""
    parser.add_argument("--keys", type=Path, help="default: DATA_DIR/keys")
    parser.add_argument("--since", type=day, help="decisions from this day on, UTC")
    parser.add_argument("--until", type=day, help="decisions before this day, UTC")


def add_processes(parser: argparse.ArgumentParser) -> None:
    """Add ``--processes``: without it, all cores."""
    parser.add_argument("--processes", type=int, default=min(os.cpu_count() or 1, _MOST_PROCESSES))


def processes_of(options: argparse.Namespace) -> int:
    """How many to start, at least 1."""
    return max(1, min(int(options.processes), _MOST_PROCESSES))
