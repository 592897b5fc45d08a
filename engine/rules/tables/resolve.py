"""What a table's rows come to under its hit policy: a pure function of their verdicts.

The rule engine uses this one; the reference engine has its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.outcome import RuleResult
from engine.rules.model import Fallback, Rule
from engine.rules.result import ERROR, MISS, Verdict
from engine.rules.tables.model import HitPolicy


def resolve(hit: HitPolicy, rows: Sequence[Rule], raw: Sequence[Verdict]) -> list[Verdict]:
    """The verdicts that count, from those of the rows' own conditions, in the order written.

    An unknown or failing row with the fallback ``ignore`` is passed over: it stays as it is, and
    does not keep a later row or ``otherwise`` from applying.
    """
    found = list(raw)
    last = rows[-1].row if rows else None
    has_otherwise = last is not None and last.otherwise
    count = len(rows) - 1 if has_otherwise else len(rows)
    settling = [n for n in range(count) if settles(rows[n], raw[n])]
    if hit is HitPolicy.FIRST and settling:
        found[settling[0] + 1 : count] = [MISS] * (count - settling[0] - 1)
    hits = [n for n in settling if raw[n].result is RuleResult.HIT]
    if hit is HitPolicy.UNIQUE and len(hits) > 1:
        for number in hits:
            found[number] = ERROR
    if has_otherwise and settling:
        found[count] = MISS
    return found


def settles(rule: Rule, verdict: Verdict) -> bool:
    """Whether the row decides something: a hit, or what its fallback says."""
    match verdict.result:
        case RuleResult.UNKNOWN:
            return rule.on_unknown.fallback is not Fallback.IGNORE
        case RuleResult.ERROR:
            return rule.on_error.fallback is not Fallback.IGNORE
        case result:
            return result is RuleResult.HIT
