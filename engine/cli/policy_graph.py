"""``touchstone policy graph DIR``: draws which rule reads and sets what."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.command import OK, USAGE
from engine.drawing import FORMATS
from engine.rules import load_bundle
from engine.rules.diagnostics import did_you_mean
from engine.rules.structure import Kind, Structure, structure_of

if TYPE_CHECKING:
    from engine.cli.command import Area

_RULES = (Kind.RULE, Kind.TABLE)
_FIELDS = (Kind.FIELD, Kind.SIGNAL, Kind.LIST)


def add(area: Area) -> None:
    """Add ``policy graph``."""
    parser = area.add_parser("graph", help="draw which rule reads and sets what")
    parser.add_argument("directory", type=Path, help="such as rulesets/credit_card")
    parser.add_argument("--format", choices=tuple(FORMATS), default="mermaid")
    parser.add_argument("--output", type=Path, metavar="FILE", help="instead of the terminal")
    focus = parser.add_mutually_exclusive_group()
    focus.add_argument("--rule", metavar="ID", help="only what this rule or table has to do with")
    focus.add_argument(
        "--field", metavar="PATH", help="only what follows from this field, such as bureau.score"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    structure = structure_of(load_bundle(options.directory))
    focused: Structure | None = structure
    if options.rule:
        focused = _focused(structure, _RULES, options.rule, "rule or table")
    elif options.field:
        focused = _focused(structure, _FIELDS, options.field, "field that a rule reads:")
    if focused is None:
        return USAGE
    text = FORMATS[options.format](focused)
    if options.output is None:
        print(text, end="")
    else:
        try:
            options.output.write_text(text, encoding="utf-8")
        except OSError as error:
            print(f"{options.output}: cannot be written: {error.strerror}", file=sys.stderr)
            return USAGE
    return OK


def _focused(
    structure: Structure, kinds: tuple[Kind, ...], name: str, what: str
) -> Structure | None:
    """What a node has to do with; ``None`` after a message if there is none of that name."""
    known = {_path(node.kind, node.name): node.id for node in structure.of(*kinds)}
    if name in known:
        return structure.around(known[name])
    hint = did_you_mean(name, known)
    print(f"there is no {what} `{name}`; {hint}".rstrip("; "), file=sys.stderr)
    return None


def _path(kind: Kind, name: str) -> str:
    """A signal is named as conditions name it."""
    return f"{kind.value}s.{name}" if kind in {Kind.SIGNAL, Kind.LIST} else name
