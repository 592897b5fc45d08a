"""What a request says of a line that shares another's."""

from __future__ import annotations

import re
from datetime import date, timedelta

from engine.api.dates import to_date
from engine.api.problems import Problems
from engine.model import LineKind, SharedLine
from touchstone.v1 import types_pb2 as pb

_DECISION_ID = re.compile("dec_[0-9a-f]{32}")


def named_parent(message: pb.Application) -> str:
    """The card whose line is to be shared, as the channel names it; "" if none is."""
    return message.temporary.parent or message.relations.primary_card


def to_shared_line(
    path: str, message: pb.Application, problems: Problems, today: date
) -> SharedLine | None:
    """The line to be shared, ``None`` if it is to be one of its own.

    What is not a decision's id may be an account's number, and is not kept. ``today``: the UTC day.
    """
    named = named_parent(message)
    parent = named if _DECISION_ID.fullmatch(named) else ""
    if not message.HasField("temporary"):
        return SharedLine(kind=LineKind.SUPPLEMENTARY, parent=parent) if named else None
    if message.relations.primary_card:
        problems.add(
            f"{path}.temporary",
            "a supplementary card has no line of its own to raise: unset this or"
            " relations.primary_card",
        )
    until = None
    if message.temporary.HasField("until"):
        with problems.noting(f"{path}.temporary.until"):
            until = _coming(to_date(message.temporary.until), today)
    return SharedLine(kind=LineKind.TEMPORARY, parent=parent, until=until)


def _coming(day: date, today: date) -> date:
    """A day that is not past; where the business is, the UTC day of yesterday may not be over."""
    if day < today - timedelta(days=1):
        raise ValueError("must not be in the past")
    return day
