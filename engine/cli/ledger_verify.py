"""``touchstone ledger verify``: walk the chain of a ledger, also of a server that runs."""

from __future__ import annotations

import argparse
import string
import sys
from typing import TYPE_CHECKING

from engine.cli.command import OK, PROBLEM, USAGE
from engine.cli.shared import add_place, settings_of
from engine.ledger.outside import LedgerOutside, verify_file
from engine.ledger.sqlite import FILE_NAME
from engine.privacy import Keyring
from engine.settings import Storage

if TYPE_CHECKING:
    from engine.cli.command import Area

_HEX_DIGITS = 64


def add(area: Area) -> None:
    """Add ``ledger verify``."""
    parser = area.add_parser("verify", help="walk the chain of a ledger; its server may run")
    add_place(parser, bare=True)
    parser.add_argument(
        "--contains-head",
        type=_head,
        metavar="HASH",
        help="a head that was printed earlier: fail unless it is still in the chain",
    )
    parser.set_defaults(run=_run)


def _head(text: str) -> str:
    if len(text) != _HEX_DIGITS or not set(text) <= set(string.hexdigits):
        raise argparse.ArgumentTypeError(f"must be the {_HEX_DIGITS} hex digits of a head")
    return text.lower()


def _run(options: argparse.Namespace) -> int:
    storage = settings_of(options).storage
    data_dir = storage.data_dir
    if not (data_dir / FILE_NAME).exists():
        print(f"{data_dir} holds no ledger", file=sys.stderr)
        return USAGE
    report = verify_file(data_dir, options.contains_head or "")
    print(f"{report.records} records; head {report.head}")
    if report.problem:
        print(report.problem, file=sys.stderr)
        return PROBLEM
    if not report.records:
        print(
            f"{data_dir / FILE_NAME} holds no record: its server has not decided yet, or this is a "
            "copy without the -wal file beside it (touchstone ledger backup makes whole ones)",
            file=sys.stderr,
        )
        return PROBLEM
    _require_keys(storage, required=options.keys is not None)
    return _told_head(options.contains_head, report.contains_at)


def _require_keys(storage: Storage, *, required: bool) -> None:
    """Keys that are there must be this ledger's; a backup is without."""
    keys = storage.keys_path
    if not required and not keys.exists():
        print(f"no keys in {keys}: whether they fit was not tried")
        return
    LedgerOutside(storage.data_dir, Keyring.open(keys, ledger_exists=True)).close()


def _told_head(wanted: str | None, at: int) -> int:
    if wanted and not at:
        print(
            f"the chain never had the head {wanted}: records were removed or replaced, or the "
            "head is of another ledger",
            file=sys.stderr,
        )
        return PROBLEM
    if wanted:
        print(f"the chain had the head {wanted} after {at} records")
    return OK
