"""What the measurements over a ledger of many decisions share."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

POLICY = Path(__file__).resolve().parents[2] / "rulesets" / "credit_card"


def measured(description: str | None, measure: Callable[[Path, int, int], None]) -> None:
    """Run with the options of the command line.

    ``measure``: takes an empty directory, how many decisions, and how many processes.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--decisions", type=int, default=100_000)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="touchstone-") as place:
        measure(Path(place), options.decisions, options.processes)
