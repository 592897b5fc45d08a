"""An ordinary customer, against whom counter-examples are told: only what differs is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.lines import Product
from engine.rules import vocabulary
from engine.suppose import Value

_VALUES: Mapping[str, Value] = {
    "application.channel": "mobile",
    "application.customer_segment": "mass",
    "application.date": "2026-06-15",
    "applicant.age": 35,
    "applicant.nationality": "CN",
    "applicant.id_document_kind": "cn_resident_id",
    "applicant.id_document_days_left": 2_000,
    "applicant.occupation": "teacher",
    "applicant.declared_income_minor": 1_500_000,
    "session.country": "CN",
    "bureau.present": True,
    "bureau.score": 700,
    "bureau.months_on_file": 60,
    "bureau.months_reported": 24,
    "bureau.utilisation": 0.25,
    "bureau.balance_minor": 200_000,
    "bureau.card_count": 2,
    "bureau.monthly_obligations_minor": 150_000,
    "evidence.verified_income_minor": 1_500_000,
    "evidence.verified_kinds": ("payroll_flow",),
    "evidence.debt_to_income": 0.1,
    "graph.available": True,
    "graph.ring_members": 1,
    "graph.circle_latest_days": 365,
    "score.points": 620,
    "score.pd": 0.03,
    "fraud_score.points": 690,
    "fraud_score.pd": 0.001,
}
_ZERO: Mapping[str, Value] = {"bool": False, "int": 0, "double": 0.0, "string": ""}
#: Nobody hopes for a limit, and nobody says so; and no line is shared.
_UNKNOWN = frozenset(
    {
        "application.expected_limit_minor",
        "application.temporary_days",
        *(path for path in vocabulary.fields() if path.startswith("parent.")),
    }
)


def baseline(
    products: Mapping[str, Product], absent: Iterable[str] = ()
) -> dict[str, Value | None]:
    """A value for every field of the vocabulary, ``None`` where it is unknown.

    ``absent``: roots of the vocabulary that the strategy never asks for.
    """
    never = tuple(f"{root}." for root in absent)
    found: dict[str, Value | None] = {}
    for field in vocabulary.fields().values():
        if field.known_by and field.path.startswith(never):
            found[field.path] = () if field.type.startswith("list(") else None
            continue
        empty = () if field.type.startswith("list(") else _ZERO[field.type]
        found[field.path] = None if field.path in _UNKNOWN else _VALUES.get(field.path, empty)
    found["application.product"] = next(iter(products), "classic")
    return found
