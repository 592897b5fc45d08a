"""The card whose line is to be shared: what rules see of it, and what stands in the way. Pure.

The line of a supplementary card or of a raise for a time rests on another decision. What is not
known of that one never approves; what is known and does not fit is told to the customer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from engine.lines.product import Product
from engine.lines.sharing import Sharing, is_offered, temporary_rule
from engine.model import Application, LineKind, ParentLine
from engine.outcome import Outcome
from touchstone.v1 import facts_pb2

_MINUTE_US = 60_000_000
_DAY_US = 1_440 * _MINUTE_US
_EPOCH = date(1970, 1, 1)


class ParentState(StrEnum):
    """Whether the parent's line can be shared, and if not why: ``parent.state`` of the facts."""

    IN_FORCE = "in_force"
    REFERRED = "referred"
    DECLINED = "declined"
    ERASED = "erased"
    FRAUD = "fraud"
    SHARED = "shared"
    OTHER_PRODUCT = "other_product"
    OTHER_CURRENCY = "other_currency"
    ANOTHER_PERSON = "another_person"


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why no line is computed: a reason's code and source, and what it leads to."""

    code: str
    source: str
    outcome: Outcome


#: What a state other than ``IN_FORCE`` leads to; one that is not here is looked at by a person.
_HINDRANCES: Mapping[str, tuple[str, Outcome]] = {
    ParentState.REFERRED: ("PARENT_WITHOUT_LINE", Outcome.REFER),
    ParentState.DECLINED: ("PARENT_WITHOUT_LINE", Outcome.DECLINE),
    # Whoever names a marked card is told no more than of one that does not fit.
    ParentState.FRAUD: ("PARENT_NOT_SUITABLE", Outcome.DECLINE),
    ParentState.SHARED: ("PARENT_NOT_SUITABLE", Outcome.DECLINE),
    ParentState.OTHER_PRODUCT: ("PARENT_NOT_SUITABLE", Outcome.DECLINE),
    ParentState.OTHER_CURRENCY: ("PARENT_NOT_SUITABLE", Outcome.DECLINE),
    ParentState.ANOTHER_PERSON: ("PARENT_NOT_SUITABLE", Outcome.REFER),
}
DECLINING = tuple(
    state for state, (_, outcome) in _HINDRANCES.items() if outcome is Outcome.DECLINE
)
"""States in which the application is declined."""


def kind_of(facts: facts_pb2.Facts, application: Application) -> LineKind:
    """What kind of line the facts ask for.

    Records of before parents were looked up have supplementary cards with lines of their own.
    """
    has_own_line = application.supplementary and application.shares is None
    if facts.application.supplementary and not has_own_line:
        return LineKind.SUPPLEMENTARY
    return LineKind.TEMPORARY if facts.application.temporary else LineKind.PRIMARY


def add_parent(facts: facts_pb2.Facts, parent: ParentLine, application: Application) -> None:
    """What the ledger told of the parent."""
    found = facts.parent
    found.state.value = _state(parent, application)
    found.line_minor.value = parent.line_minor
    found.supplementary_minor.value = parent.supplementary_minor
    found.same_person.value = parent.same_person
    held = 0 if application.held_lines is None else application.held_lines.parent_minor
    # A channel may count the raise in force in what is held: it is replaced, too.
    known = max(parent.line_minor, parent.temporary_minor)
    found.held_minor.value = min(held, known)


def add_told_parent(facts: facts_pb2.Facts, application: Application) -> None:
    """For a trial calculation, which looks nothing up: the parent as the channel tells it."""
    held = 0 if application.held_lines is None else application.held_lines.parent_minor
    if application.shares is None or not held:
        return
    found = facts.parent
    found.state.value = ParentState.IN_FORCE
    found.line_minor.value = found.held_minor.value = held
    found.supplementary_minor.value = 0
    found.same_person.value = application.kind is LineKind.TEMPORARY


def _state(parent: ParentLine, application: Application) -> ParentState:
    """The first that holds; what could still change comes after what cannot."""
    other_person = application.kind is LineKind.TEMPORARY and not parent.same_person
    states = (
        (parent.erased, ParentState.ERASED),
        (parent.fraud, ParentState.FRAUD),
        (parent.kind is not LineKind.PRIMARY, ParentState.SHARED),
        (other_person, ParentState.ANOTHER_PERSON),
        (parent.product != application.product, ParentState.OTHER_PRODUCT),
        (parent.currency != application.currency, ParentState.OTHER_CURRENCY),
        (parent.outcome == Outcome.REFER.value, ParentState.REFERRED),
        (parent.line_minor <= 0, ParentState.DECLINED),
    )
    return next((state for holds, state in states if holds), ParentState.IN_FORCE)


def hindrance(product: Product, kind: LineKind, facts: facts_pb2.Facts) -> Hindrance | None:
    """What stands in the way of a line that shares another's; ``None`` if nothing does."""
    if kind is LineKind.PRIMARY:
        return None
    if not is_offered(product, kind):
        return Hindrance("PARENT_NOT_SUITABLE", "line:parent:not_offered", Outcome.REFER)
    if not _is_known(facts.parent):
        return Hindrance("PARENT_UNKNOWN", "line:parent:unknown", Outcome.REFER)
    state = facts.parent.state.value
    if state != ParentState.IN_FORCE:
        code, outcome = _HINDRANCES.get(state, ("PARENT_UNKNOWN", Outcome.REFER))
        told = "shared" if state == ParentState.FRAUD else state
        return Hindrance(code, f"line:parent:{told}", outcome)
    days = facts.application.temporary_days
    if kind is LineKind.TEMPORARY and _has_days(facts) and days.value < 0:
        return Hindrance("LINE_NOT_RAISED", "line:until", Outcome.DECLINE)
    return None


def _is_known(parent: facts_pb2.ParentFacts) -> bool:
    names = ("state", "line_minor", "supplementary_minor", "held_minor")
    return all(parent.HasField(name) for name in names)


def _has_days(facts: facts_pb2.Facts) -> bool:
    return facts.application.HasField("temporary_days")


def sharing_of(kind: LineKind, facts: facts_pb2.Facts) -> Sharing | None:
    """What the line shares; nothing must stand in its way."""
    if kind is LineKind.PRIMARY:
        return None
    asked = facts.application.expected_limit_minor
    return Sharing(
        kind=kind,
        parent_line_minor=facts.parent.line_minor.value,
        supplementary_minor=facts.parent.supplementary_minor.value,
        asked_minor=asked.value if facts.application.HasField("expected_limit_minor") else None,
    )


def raised_until_us(
    product: Product, facts: facts_pb2.Facts, day: date, utc_offset_minutes: int
) -> int:
    """When a raise ends: after its last day where the business is, microseconds."""
    days = temporary_rule(product).days
    if _has_days(facts):
        days = min(days, facts.application.temporary_days.value)
    after = day + timedelta(days=days + 1)
    return (after - _EPOCH).days * _DAY_US - utc_offset_minutes * _MINUTE_US
