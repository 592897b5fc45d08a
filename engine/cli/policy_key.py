"""``touchstone policy key FILE``: a key with which an approver signs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.command import OK
from engine.lifecycle import new_key

if TYPE_CHECKING:
    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``policy key``."""
    parser = area.add_parser("key", help="make the key with which you approve policies")
    parser.add_argument("file", type=Path, help="where the private key is written; keep it")
    parser.add_argument("--name", default="your_name", help="as the server's list shall name you")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    public = new_key(options.file)
    print(f"The private key is in {options.file}. For the server's list of approvers:")
    print(f'\n[approvers]\n"{options.name}" = "{public}"')
    return OK
