"""What the commands for investigators share: how a subject is typed, and the common options."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from engine.cli.remote import Client, add_server
from engine.errors import TouchstoneError
from engine.model import IdentifierKind
from touchstone.v1 import graph_types_pb2 as types
from touchstone.v1 import types_pb2

_TOKEN = re.compile(r"[a-z_]+:[0-9a-f]{64}")
_DOCUMENTS = {
    name.removeprefix("ID_DOCUMENT_KIND_").lower(): name
    for name, number in types_pb2.IdDocumentKind.items()
    if number
}
PAGE = 200
"""Entries of one page at most."""

_KINDS = [kind.value for kind in IdentifierKind]
SUBJECT_HELP = (
    "a decision id, a ring (timeline, notes), a token as another command showed it, or KIND:VALUE "
    "such as phone:13800000001; KIND:- reads the value from standard input, so that no shell keeps "
    "it"
)


class UnusableSubject(TouchstoneError):
    """What was typed names nothing that can be asked about."""


def add_common(parser: argparse.ArgumentParser) -> None:
    """The options of every command for investigators."""
    add_server(parser)
    parser.add_argument("--case", default="", help="the case it is for; recorded with the access")
    parser.add_argument("--format", choices=("text", "json"), default="text")


def add_subject(parser: argparse.ArgumentParser) -> None:
    """The argument that names a node."""
    parser.add_argument("subject", help=SUBJECT_HELP)
    parser.add_argument(
        "--document",
        choices=sorted(_DOCUMENTS),
        default="cn_resident_id",
        help="of an id_number: which document",
    )
    parser.add_argument(
        "--raw", action="store_true", help="a value that looks like a token is none"
    )


def add_pages(parser: argparse.ArgumentParser) -> None:
    """The options of what comes in pages."""
    parser.add_argument("--limit", type=_positive, default=50, help="entries at most")


def subject_of(options: argparse.Namespace) -> types.GraphSubject:
    """The subject that was typed. Raises ``UnusableSubject``."""
    text = str(options.subject)
    if not options.raw and _TOKEN.fullmatch(text):
        return types.GraphSubject(key=text)
    if text.startswith("ring_"):
        return types.GraphSubject(ring_id=text)
    if ":" not in text:
        return types.GraphSubject(decision_id=text)
    identifier = raw_identifier(text, options.document, even_token=options.raw)
    if identifier is None:
        raise UnusableSubject(f"no such kind of identifier; there are: {', '.join(_KINDS)}")
    return types.GraphSubject(identifier=identifier)


def raw_identifier(
    text: str, document: str = "cn_resident_id", *, even_token: bool = False
) -> types.RawIdentifier | None:
    """``KIND:VALUE`` as a raw identifier; ``None`` if there is no such kind, or it is a token."""
    kind, _, value = text.partition(":")
    if kind not in _KINDS or (not even_token and _TOKEN.fullmatch(text)):
        return None
    if value == "-":
        value = sys.stdin.readline().strip()
    return types.RawIdentifier(kind=kind, value=value, document=_DOCUMENTS[document])


def print_json(message: Message) -> None:
    """The answer as it came, for programs."""
    print(json.dumps(as_dict(message), ensure_ascii=False, indent=2))


def as_dict(message: Message) -> dict[str, Any]:
    """With the names of the contract, and with what is empty."""
    return MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )


def united(parts: Iterable[types.GraphPart]) -> types.GraphPart:
    """Several pages as one part, each node and link once."""
    whole = types.GraphPart()
    seen: set[bytes] = set()
    for part in parts:
        for name in ("applications", "identifiers", "links"):
            for entry in getattr(part, name):
                raw = name.encode() + entry.SerializeToString(deterministic=True)
                if raw not in seen:
                    seen.add(raw)
                    getattr(whole, name).append(entry)
    return whole


def all_pages(
    client: Client,
    method: str,
    request: Callable[[str, int], Message],
    field: str,
    limit: int,
) -> list[Any]:
    """Entries of page after page, until there are ``limit`` of them or no more."""
    found: list[Any] = []
    token = ""
    while True:
        page = client.call(method, request(token, min(limit - len(found), PAGE)))
        found += getattr(page, field)
        token = page.next_page_token
        if not token or len(found) >= limit:
            return found[:limit]


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number
