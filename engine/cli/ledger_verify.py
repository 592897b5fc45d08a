"""``touchstone ledger verify DATA_DIR``: walk the chain of a ledger whose server is stopped."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.command import OK, PROBLEM, USAGE
from engine.ledger import SqliteLedger, VerifyReport
from engine.ledger.sqlite import FILE_NAME
from engine.privacy import Keyring

if TYPE_CHECKING:
    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``ledger verify``."""
    parser = area.add_parser("verify", help="walk the chain of a ledger; stop its server first")
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--keys", type=Path, help="default: DATA_DIR/keys")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if not (options.data_dir / FILE_NAME).exists():
        print(f"{options.data_dir} holds no ledger", file=sys.stderr)
        return USAGE
    report = asyncio.run(_report(options.data_dir, options.keys or options.data_dir / "keys"))
    print(f"{report.records} records; head {report.head}")
    if report.problem:
        print(report.problem, file=sys.stderr)
        return PROBLEM
    return OK


async def _report(data_dir: Path, keys: Path) -> VerifyReport:
    ledger = await SqliteLedger.open(data_dir, Keyring.open(keys, ledger_exists=True))
    try:
        return await ledger.verify()
    finally:
        await ledger.close()
