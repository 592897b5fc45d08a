"""What the fraud scorecard sees: facts of the vocabulary about links, in a fixed order.

Training and serving read the same facts by the same paths. A fact that is unknown leaves no
score, except where a channel may not be able to tell; such a column says which value stands then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum
from operator import attrgetter
from typing import Any, Final

from engine.rules import vocabulary
from touchstone.v1 import facts_pb2

_MANY = 1_000


class LinkFamily(StrEnum):
    """Families of columns, in the fixed order in which ties between reasons are resolved."""

    KNOWN_FRAUD = "known_fraud"
    SHARED_IDENTIFIERS = "shared_identifiers"
    NAMED_PERSONS = "named_persons"
    SAME_ADDRESS = "same_address"
    CIRCLE = "circle"
    SETTING = "setting"


@dataclass(frozen=True, slots=True)
class FactColumn:
    """A column: the path of a fact, its family, its sign and its range, beyond which it is clipped.

    ``sign``: see ``engine.scoring.columns``. Booleans are 0 and 1; a text is 1 unless empty.
    """

    name: str
    family: LinkFamily
    sign: int
    low: float = 0
    high: float = _MANY


_F, _S, _N, _A, _C, _X = LinkFamily

FRAUD_COLUMNS: Final[tuple[FactColumn, ...]] = (
    FactColumn("graph.personal.fraud", _F, +1),
    FactColumn("graph.co_named.fraud", _F, +1),
    FactColumn("graph.same_address.fraud", _F, +1),
    FactColumn("graph.circle.fraud", _F, +1),
    FactColumn("graph.guilt", _F, +1),
    FactColumn("graph.worst_fraud_share", _F, +1, 0, 1),
    FactColumn("graph.personal.applicants", _S, 0),
    FactColumn("graph.personal.applicants_7d", _S, +1),
    FactColumn("graph.personal.applicants_30d", _S, +1),
    FactColumn("graph.personal.applicants_90d", _S, +1),
    FactColumn("graph.apart.applicants", _S, +1),
    FactColumn("graph.apart.applicants_7d", _S, +1),
    FactColumn("graph.apart.applicants_30d", _S, +1),
    FactColumn("graph.apart.applicants_90d", _S, +1),
    FactColumn("graph.multi_link.applicants", _S, +1),
    FactColumn("graph.multi_link.applicants_30d", _S, +1),
    FactColumn("graph.multi_link.applicants_90d", _S, +1),
    FactColumn("graph.linking_kinds", _S, +1, 0, 20),
    FactColumn("graph.most_kinds", _S, +1, 0, 20),
    FactColumn("graph.reapplications", _S, 0),
    FactColumn("graph.device.hub", _S, 0, 0, 1),
    FactColumn("graph.phone.hub", _S, 0, 0, 1),
    FactColumn("graph.bank_account.hub", _S, 0, 0, 1),
    FactColumn("graph.id_number.hub", _S, 0, 0, 1),
    FactColumn("graph.co_named.applicants", _N, 0),
    FactColumn("graph.co_named.applicants_7d", _N, +1),
    FactColumn("graph.co_named.applicants_30d", _N, +1),
    FactColumn("graph.co_named.applicants_90d", _N, +1),
    FactColumn("graph.guarantees_given", _N, 0),
    FactColumn("graph.same_address.applicants", _A, 0),
    FactColumn("graph.same_address.applicants_30d", _A, +1),
    FactColumn("graph.same_address.applicants_90d", _A, 0),
    FactColumn("graph.address.degree", _A, 0),
    FactColumn("graph.circle.applicants", _C, 0),
    FactColumn("graph.circle.applicants_7d", _C, +1),
    FactColumn("graph.circle.applicants_30d", _C, +1),
    FactColumn("graph.circle.applicants_90d", _C, +1),
    FactColumn("graph.beyond.applicants", _C, +1),
    FactColumn("graph.beyond.applicants_30d", _C, +1),
    FactColumn("graph.beyond.applicants_90d", _C, +1),
    FactColumn("graph.beyond_kinds", _C, +1, 0, 20),
    FactColumn("graph.circle_latest_days", _C, -1, 0, 365),
    FactColumn("graph.circle_first_days", _C, 0, 0, 365),
    FactColumn("graph.ip.degree", _X, 0),
    FactColumn("application.partner", _X, 0, 0, 1),
    FactColumn("application.branch", _X, 0, 0, 1),
    FactColumn("applicant.is_student", _X, 0, 0, 1),
)
"""In the order of the model. docs/fraud_scorecard.md says why these."""

_LATEST_DAYS = "graph.circle_latest_days"
NOBODY_LINKED: Final[tuple[float, ...]] = tuple(
    float(column.high) if column.name == _LATEST_DAYS else 0.0 for column in FRAUD_COLUMNS
)
"""The row of an application to which nobody is linked: against it reasons are tried out."""


def _by_message() -> Iterator[tuple[Callable[[Any], Any], tuple[FactColumn, ...]]]:
    """How to reach each message of the facts, and the columns that are its fields."""
    for parent in dict.fromkeys(column.name.rpartition(".")[0] for column in FRAUD_COLUMNS):
        of = tuple(c for c in FRAUD_COLUMNS if c.name.rpartition(".")[0] == parent)
        yield attrgetter(parent), of


def _knows(column: FactColumn) -> bool:
    """Whether the fact can be unknown: then it is a message that holds the value."""
    known_by = vocabulary.fields()[column.name].known_by
    if known_by not in {"", column.name}:
        raise TypeError(f"{column.name}: is known by another field")
    return bool(known_by)


_MESSAGES = tuple(
    (
        message,
        tuple(
            (
                FRAUD_COLUMNS.index(column),
                column.name.rpartition(".")[2],
                _knows(column),
                column.low,
                column.high,
            )
            for column in columns
        ),
    )
    for message, columns in _by_message()
)
_PLACES: Mapping[LinkFamily, tuple[int, ...]] = {
    family: tuple(n for n, column in enumerate(FRAUD_COLUMNS) if column.family is family)
    for family in LinkFamily
}
_MOST_FAMILIES = 4


def fraud_vector(facts: facts_pb2.Facts) -> tuple[float, ...] | None:
    """The row of an application; ``None`` if anything in it is unknown: nothing is guessed."""
    row = [0.0] * len(FRAUD_COLUMNS)
    for reach, fields in _MESSAGES:
        message = reach(facts)
        for place, name, can_be_unknown, low, high in fields:
            if can_be_unknown and not message.HasField(name):
                return None
            fact = getattr(message, name)
            number = _number(fact.value if can_be_unknown else fact)
            row[place] = low if number < low else min(number, high)
    return tuple(row)


def _number(value: float | str) -> float:
    return float(bool(value)) if isinstance(value, str) else float(value)


def lost_to_links(values: Sequence[float], losses: Sequence[float]) -> list[tuple[str, int]]:
    """Families of links with the points they lost, at most four, worst first.

    Only families of which the application has anything: trees share credit between columns, and a
    reason must be true. What merely sets the scene is no reason.
    """
    lost: list[tuple[str, int]] = []
    for family in list(LinkFamily)[:-1]:
        places = _PLACES[family]
        # Days since the latest link are the one column that is not 0 where there is nothing.
        there = any(values[n] for n in places if FRAUD_COLUMNS[n].sign >= 0)
        points = round(fsum(losses[n] for n in places))
        if there and points > 0:
            lost.append((family.value, points))
    return sorted(lost, key=lambda entry: -entry[1])[:_MOST_FAMILIES]
