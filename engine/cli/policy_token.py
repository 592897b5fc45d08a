"""``touchstone policy token KIND``: the token of one identifier, for lists and snoozes.

The identifier comes from standard input, never from the command line, which other users of the
machine can read and the shell keeps. Nothing printed repeats it.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import phonenumbers

from engine.cli.command import OK, PROBLEM
from engine.model import Identifier, IdentifierKind
from engine.privacy import Keyring, KeyringError, Tokeniser, UnusableIdentifier

if TYPE_CHECKING:
    from engine.cli.command import Area

DOCUMENTS = ("cn_resident_id", "passport", "travel_permit", "other")
_MOST_BYTES = 4_096


def add(area: Area) -> None:
    """Add ``policy token``."""
    parser = area.add_parser(
        "token",
        help="the token of one identifier, for lists and snoozes",
        description="Reads one identifier from standard input and prints its token under the "
        "server's key. On a terminal it asks, and does not show what is typed.",
    )
    parser.add_argument("kind", choices=[kind.value for kind in IdentifierKind], metavar="KIND")
    keys = parser.add_mutually_exclusive_group(required=True)
    keys.add_argument("--data-dir", type=Path, metavar="DIR", help="the server's data directory")
    keys.add_argument("--keys", type=Path, metavar="DIR", help="the server's directory of keys")
    parser.add_argument("--document", choices=DOCUMENTS, help="of an id_number: its document")
    parser.add_argument(
        "--by",
        choices=("name", "code"),
        default="name",
        help="of an employer: its name, or its unified social credit code",
    )
    parser.add_argument(
        "--region",
        type=_region,
        default="CN",
        help="of a national phone number, as the server's phone_region (default: CN)",
    )
    parser.set_defaults(run=_run, usage_error=parser.error)


def _run(options: argparse.Namespace) -> int:
    kind = IdentifierKind(options.kind)
    if (kind is IdentifierKind.ID_NUMBER) != (options.document is not None):
        options.usage_error("--document belongs to id_number, which needs it")
    keys = options.keys or options.data_dir / "keys"
    tokeniser = Tokeniser(_token_key(keys), default_region=options.region)
    try:
        token = _token(tokeniser, kind, _read(kind), options)
    except UnusableIdentifier as error:
        print(f"the {kind.value} {error}", file=sys.stderr)
        return PROBLEM
    print(token.key)
    return OK


def _token_key(directory: Path) -> bytes:
    """Never made here: a new key would give tokens that the server does not know."""
    try:
        return Keyring.open(directory, ledger_exists=True).token_key
    except OSError as error:
        raise KeyringError(f"the keys in {directory} cannot be read: {error.strerror}") from None


def _token(
    tokeniser: Tokeniser, kind: IdentifierKind, raw: str, options: argparse.Namespace
) -> Identifier:
    if kind is IdentifierKind.PHONE:
        return tokeniser.phone(raw)
    if kind is IdentifierKind.ID_NUMBER:
        return tokeniser.id_number(raw, options.document)
    if kind is IdentifierKind.EMPLOYER:
        return tokeniser.employer("", raw) if options.by == "code" else tokeniser.employer(raw)
    return tokeniser.identifier(kind, raw)


def _read(kind: IdentifierKind) -> str:
    """One line. Raises ``UnusableIdentifier``."""
    if sys.stdin.isatty():
        raw = getpass.getpass(f"{kind.value}: ").encode(errors="surrogateescape")
    else:
        raw = sys.stdin.buffer.read(_MOST_BYTES + 1)
    if len(raw) > _MOST_BYTES:
        raise UnusableIdentifier(f"is longer than {_MOST_BYTES} bytes")
    try:
        text = raw.decode("utf-8-sig").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise UnusableIdentifier("is not UTF-8") from None
    if not text.strip():
        raise UnusableIdentifier("is missing: write it to standard input")
    if "\n" in text:
        raise UnusableIdentifier("must be one line: one identifier at a time")
    return text


def _region(text: str) -> str:
    region = text.upper()
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise argparse.ArgumentTypeError("not an ISO 3166-1 alpha-2 region, such as CN")
    return region
