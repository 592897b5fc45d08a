"""``application:`` of a case: what differs from the standard applicant's application.

Amounts are in major units here, and become the ``_minor`` of the domain types.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from engine.cases.standard import standard_month
from engine.cases.values import Values
from engine.model import (
    BureauMonth,
    Evidence,
    EvidenceKind,
    RepaymentStatus,
    VerificationStatus,
)
from engine.rules.yaml_source import scalar

_Parser = Callable[[Values, Node], object]
_MONTHS = 24
_COUNT = 10_000
_NEEDED = {"kind", "amount"}


def application(values: Values, node: Node) -> dict[str, object]:
    """The changes, by the names of the domain types."""
    changes = values.chosen(node, "`application`", dict(FIELDS))
    return {RENAMED.get(name, name): value for name, value in changes.items()}


def field(values: Values, name: str, node: Node) -> tuple[str, object]:
    """One change, as a column of a table gives it."""
    return RENAMED.get(name, name), FIELDS[name](values, node)


def _text(values: Values, node: Node, *, what: str) -> str:
    return values.text(node, what) or ""


def _product(values: Values, node: Node) -> str:
    known = values.known.products
    return values.name(node, "product", known) or (known[0] if known else "")


def _flag(values: Values, node: Node, *, what: str) -> bool:
    return bool(values.flag(node, what))


def _is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and scalar(node) is None


def _amount(values: Values, node: Node, *, what: str) -> int | None:
    return None if _is_null(node) else values.amount_minor(node, what)


def _count(values: Values, node: Node, *, what: str) -> int | None:
    return None if _is_null(node) else values.whole(node, what, 0, _COUNT)


def _evidence(values: Values, node: Node) -> tuple[Evidence, ...]:
    found = (_proof(values, n, item) for n, item in enumerate(values.items(node, "`evidence`")))
    return tuple(proof for proof in found if proof is not None)


def _proof(values: Values, number: int, node: Node) -> Evidence | None:
    kind: EvidenceKind | None = None
    amount: int | None = None
    status: VerificationStatus | None = VerificationStatus.VERIFIED
    for name, key, value in values.entries(node, "a proof"):
        if name == "kind":
            kind = values.choice(value, "kind of evidence", EvidenceKind)
        elif name == "amount":
            amount = values.amount_minor(value, "`amount`")
        elif name == "status":
            status = values.choice(value, "status", VerificationStatus)
        else:
            values.stranger(key, name, "key", ("kind", "amount", "status"))
    if isinstance(node, MappingNode) and not {key.value for key, _ in node.value} >= _NEEDED:
        values.wrong(node, "a proof needs `kind` and `amount`")
    if kind is None or amount is None or status is None:
        return None
    return Evidence(
        evidence_id=f"proof_{number + 1}",
        kind=kind,
        amount_minor=amount,
        source="case",
        status=status,
        issued_on=None,
    )


def _bureau(values: Values, node: Node) -> dict[str, object] | None:
    if _is_null(node):
        return None
    changes = values.chosen(node, "`bureau`", dict(_BUREAU))
    return {RENAMED.get(name, name): value for name, value in changes.items()}


def _months(values: Values, node: Node) -> int | tuple[BureauMonth, ...]:
    """So many standard months, or each month, the latest first."""
    if isinstance(node, SequenceNode) and len(node.value) <= _MONTHS:
        return tuple(_month(values, item) for item in values.items(node, "`months`"))
    return values.whole(node, "`months`", 0, _MONTHS) or 0


def _month(values: Values, node: Node) -> BureauMonth:
    """A month of the standard file with these changes."""
    standard = standard_month(10**values.known.digits)
    read = values.chosen(node, "a month", dict(_MONTH))
    amounts = {
        name: standard_amount if read.get(name) is None else read[name]
        for name, standard_amount in (
            ("balance", standard.balance_minor),
            ("limit", standard.limit_minor),
            ("payment", standard.payment_minor),
        )
    }
    late = read.get("months_past_due") or 0
    status = read.get("status")
    usual = RepaymentStatus.PAST_DUE if late else RepaymentStatus.PAID_IN_FULL
    return BureauMonth(
        status=status if isinstance(status, RepaymentStatus) else usual,
        months_past_due=int(str(late)),
        balance_minor=int(str(amounts["balance"])),
        limit_minor=int(str(amounts["limit"])),
        payment_minor=int(str(amounts["payment"])),
    )


def _held(values: Values, node: Node) -> dict[str, object] | None:
    if _is_null(node):
        return None
    read = values.chosen(
        node, "`held_lines`", {n: partial(_amount, what=f"`{n}`") for n in ("own", "elsewhere")}
    )
    return {f"{name}_minor": value or 0 for name, value in read.items()}


_TEXTS = ("channel", "customer_segment", "branch", "staff_member", "partner")
_FLAGS = ("supplementary", "temporary", "student", "guarantor", "referrer")
FIELDS: dict[str, _Parser] = {
    "product": _product,
    **{name: partial(_text, what=f"`{name}`") for name in _TEXTS},
    "expected_limit": partial(_amount, what="`expected_limit`"),
    **{name: partial(_flag, what=f"`{name}`") for name in _FLAGS},
    "evidence": _evidence,
    "bureau": _bureau,
    "held_lines": _held,
}
_COUNTS = (
    "score",
    "months_on_file",
    "inquiries_1m",
    "inquiries_3m",
    "inquiries_6m",
    "card_count",
)
_BUREAU: dict[str, _Parser] = {
    **{name: partial(_count, what=f"`{name}`") for name in _COUNTS},
    "loan_balance": partial(_amount, what="`loan_balance`"),
    "monthly_obligations": partial(_amount, what="`monthly_obligations`"),
    "months": _months,
}
_MONTH: dict[str, _Parser] = {
    "status": lambda values, node: values.choice(node, "status", RepaymentStatus),
    "months_past_due": lambda values, node: values.whole(node, "`months_past_due`", 0, 120),
    **{name: partial(_amount, what=f"`{name}`") for name in ("balance", "limit", "payment")},
}
RENAMED = {
    name: f"{name}_minor" for name in ("expected_limit", "loan_balance", "monthly_obligations")
}
