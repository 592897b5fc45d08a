"""What commands over many records share: days and processes."""

from __future__ import annotations

import argparse
import os
from datetime import date
from pathlib import Path

from engine.settings import Settings
from engine.settings_loading import load

_MOST_PROCESSES = 64


def day(text: str) -> date:
    """A day as typed, such as 2026-01-31. ``ArgumentTypeError`` if it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be a day such as 2026-01-31") from None


def add_place(
    parser: argparse.ArgumentParser, told: str = "of a server; it may run", *, bare: bool = False
) -> None:
    """Add ``--data-dir``, ``--keys`` and ``--config``; with ``bare`` the directory alone, too."""
    if bare:
        parser.add_argument("bare_data_dir", nargs="?", type=Path, metavar="DATA_DIR", help=told)
    parser.add_argument("--data-dir", type=Path, help=told)
    parser.add_argument("--keys", type=Path, help="default: DATA_DIR/keys")
    parser.add_argument("--config", type=Path, help="the server's TOML file, which names them")


def settings_of(options: argparse.Namespace) -> Settings:
    """The settings that the options of ``add_place`` name, read as the server would.

    Raises ``SettingsError``.
    """
    bare = getattr(options, "bare_data_dir", None)
    named = {"config": options.config, "data-dir": options.data_dir or bare, "keys": options.keys}
    given = [f"--{name}={value}" for name, value in named.items() if value is not None]
    return load(given, os.environ)


def add_window(parser: argparse.ArgumentParser) -> None:
    """Add ``--since`` and ``--until``, of decisions in a data directory."""
    parser.add_argument("--since", type=day, help="decisions from this day on, UTC")
    parser.add_argument("--until", type=day, help="decisions before this day, UTC")


def add_processes(parser: argparse.ArgumentParser) -> None:
    """Add ``--processes``: without it, all cores."""
    parser.add_argument("--processes", type=int, default=min(os.cpu_count() or 1, _MOST_PROCESSES))


def processes_of(options: argparse.Namespace) -> int:
    """How many to start, at least 1."""
    return max(1, min(int(options.processes), _MOST_PROCESSES))
