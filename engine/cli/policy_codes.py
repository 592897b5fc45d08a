"""``touchstone policy codes [CODE]``: what the diagnostic codes mean."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from engine.cli.command import OK, USAGE
from engine.rules import Code
from engine.rules.code_meanings import MEANINGS
from engine.rules.codes import as_text
from engine.rules.diagnostics import did_you_mean

if TYPE_CHECKING:
    from engine.cli.command import Area


def add(area: Area) -> None:
    """Add ``policy codes``."""
    parser = area.add_parser("codes", help="what the diagnostic codes mean")
    parser.add_argument("code", nargs="?", help="such as TS1202; all without it")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    if options.code is None:
        print("\n".join(f"{code.value}  {entry.told}" for code, entry in sorted(MEANINGS.items())))
        return OK
    known = {code.value: code for code in Code}
    code = known.get(options.code.upper())
    if code is None:
        hint = did_you_mean(options.code.upper(), known)
        print(f"there is no code {options.code}; {hint}".rstrip("; "), file=sys.stderr)
        return USAGE
    print(as_text(code))
    return OK
