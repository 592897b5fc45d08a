"""``expect:`` of a case, and what no decision could ever fulfil."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yaml.nodes import Node

from engine.cases.model import Expectation
from engine.cases.values import Values
from engine.outcome import CapName, LimitStatus, Outcome
from engine.rules.diagnostics import Code

_Parser = Callable[[Values, Node], object]

FIELDS: dict[str, _Parser] = {
    "outcome": lambda v, n: v.choice(n, "outcome", Outcome),
    "reasons": lambda v, n: v.members(n, "reason", v.known.reasons),
    "line": lambda v, n: v.between(n, "`line`"),
    "line_binding": lambda v, n: v.choice(n, "cap", CapName),
    "risk_band": lambda v, n: v.name(n, "risk band", v.known.bands),
    "limit_status": lambda v, n: v.choice(n, "limit status", LimitStatus),
    "offer": lambda v, n: v.between(n, "`offer`"),
    "score": lambda v, n: v.between(n, "`score`"),
    "pd": lambda v, n: v.between(n, "`pd`"),
    "signals": lambda v, n: v.members(n, "signal", v.known.signals),
    "rules": lambda v, n: v.members(n, "rule", v.known.rules),
    "unknown_rules": lambda v, n: v.members(n, "rule", v.known.rules),
    "required_documents": lambda v, n: v.members(n, "document", v.known.documents),
    "degraded": lambda v, n: v.members(n, "source", v.known.sources),
}


def expectations(values: Values, node: Node) -> dict[str, object]:
    """What is expected, by the names of ``Expectation``."""
    return values.chosen(node, "`expect`", FIELDS)


def refuse_impossible(values: Values, node: Node, expect: Expectation) -> None:
    """Report what contradicts itself. ``node``: where the case stands."""
    for message in _contradictions(expect):
        values.report(Code.IMPOSSIBLE_CASE, node, message)


def _contradictions(expect: Expectation) -> list[str]:
    found: list[str] = []
    declined = expect.outcome is Outcome.DECLINE
    if declined and expect.line is not None and (expect.line.at_least or 0) > 0:
        found.append("a decline has no line: expect `line: 0`, or no line at all")
    status = expect.limit_status
    if declined and status not in {None, LimitStatus.DECLINED, LimitStatus.NOT_ASKED}:
        found.append(f"a decline cannot have the limit status `{status}`")
    if status is LimitStatus.DECLINED and expect.outcome not in {None, Outcome.DECLINE}:
        found.append(f"the limit status `declined` cannot come with `{expect.outcome}`")
    if declined and expect.reasons is not None and expect.reasons.exactly == ():
        found.append("a decline always gives a reason")
    if expect.rules is not None and expect.unknown_rules is not None:
        both = set(expect.rules.wanted) & set(expect.unknown_rules.wanted)
        found += [f"rule `{name}` cannot hit and be unknown" for name in sorted(both)]
    return found


def expectation(read: dict[str, Any]) -> Expectation:
    """What was read, without what was refused."""
    return Expectation(**{name: value for name, value in read.items() if value is not None})
