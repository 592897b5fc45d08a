"""A file of fraud marks: read whole, checked, each line with a request id of its own."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from google.protobuf.timestamp_pb2 import Timestamp

from touchstone.v1 import graph_pb2 as pb

MOST_BYTES = 64 * 1_048_576
MOST_LINES = 200_000
_NEEDED = {"decision_id", "fraud_type", "source"}
_KNOWN = _NEEDED | {"known_since"}
_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "decision_id": re.compile(r"[A-Za-z0-9_-]{1,80}"),
    "fraud_type": re.compile(r"([a-z][a-z0-9_]{0,39})?"),
    "source": re.compile(r"[a-z][a-z0-9_]{0,39}"),
}
_MOST_TOLD = 20
_ID_DIGITS = 32


class MarkFileError(ValueError):
    """The file cannot be used; the text says where and why."""


@dataclass(frozen=True, slots=True)
class Line:
    """A mark and the line that it stands on."""

    number: int
    mark: pb.FraudMark


def moment_of(text: str) -> Timestamp:
    """A day or a time in ISO 8601; UTC if it names no zone. Raises ``ValueError``."""
    moment = datetime.fromisoformat(text)
    at = Timestamp()
    at.FromDatetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return at


def read_marks(name: str) -> list[Line]:
    """The marks of the file. Raises ``MarkFileError`` with every line that is wrong, up to 20."""
    try:
        raw = Path(name).read_bytes()
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MarkFileError(f"{name}: cannot be read: {type(error).__name__}") from None
    if len(raw) > MOST_BYTES:
        raise MarkFileError(f"{name}: larger than {MOST_BYTES} bytes; split it")
    digest = hashlib.sha256(raw).hexdigest()[:_ID_DIGITS]
    rows = csv.DictReader(io.StringIO(text, newline=""))
    columns = set(rows.fieldnames or ())
    if not columns >= _NEEDED or not columns <= _KNOWN:
        raise MarkFileError(
            f"{name}:1: the columns must be decision_id, fraud_type, source and, if you like, "
            "known_since"
        )
    problems: list[str] = []
    lines = list(_lines(rows, name, digest, problems))
    if problems:
        raise MarkFileError("\n".join(problems[:_MOST_TOLD]))
    if len(lines) > MOST_LINES:
        raise MarkFileError(f"{name}: more than {MOST_LINES} lines; split it")
    return lines


def _lines(
    rows: csv.DictReader[str], name: str, digest: str, problems: list[str]
) -> Iterator[Line]:
    for row in rows:
        number = rows.line_num
        wrong = [
            column
            for column, pattern in _PATTERNS.items()
            if not pattern.fullmatch(row[column] or "")
        ]
        mark = pb.FraudMark(request_id=f"{digest}:{number}")
        try:
            if row.get("known_since"):
                mark.known_since.CopyFrom(moment_of(row["known_since"]))
        except ValueError:
            wrong.append("known_since")
        if wrong or None in row:
            told = ", ".join(wrong) or "too many cells"
            problems.append(f"{name}:{number}: not usable: {told}")
            continue
        mark.decision_id, mark.fraud_type = row["decision_id"], row["fraud_type"]
        mark.source = row["source"]
        yield Line(number, mark)
