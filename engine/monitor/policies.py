"""Was it the policy or the population? Window B decided again under the policy of window A.

``change = (B as decided - B under A's policy) + (B under A's policy - A)``: the first part is the
policy's, the second the population's. Each application is compared with itself, so few are enough.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import sqrt

from engine.evaluate import evaluate
from engine.intervals import Z
from engine.monitor.cells import Metric, Moments
from engine.monitor.decompose import NOTHING, plus
from engine.monitor.observation import Segment, segment_of
from engine.monitor.statistics import two_sided
from engine.outcome import Decision, Outcome
from engine.policy import Policy
from engine.record import DecisionRecord

_NAMED = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyEffect:
    """What the policy did to the mean of a metric, of ``n`` applications of window B.

    ``left_out``: those that the policy of A cannot decide: a source not asked, no such product.
    ``differences``: as decided less decided again, by segment.
    """

    digest: str
    metric: Metric
    n: int
    left_out: int
    effect: float
    error: float
    p_value: float
    differences: Mapping[Segment, Moments] = field(default_factory=dict)

    @property
    def named(self) -> bool:
        """Whether it is more than chance."""
        return self.p_value < _NAMED

    def surely(self, sign: float) -> float:
        """Its size less 1.96 standard errors; negative if it goes against the change."""
        return sign * self.effect - Z * self.error


def policy_effect(
    policy: Policy, metric: Metric, records: Iterable[DecisionRecord]
) -> PolicyEffect | None:
    """Decide each again. ``None`` for the metric that has no single application: the line."""
    if metric is Metric.LINE:
        return None
    differences: list[float] = []
    segments: dict[Segment, Moments] = {}
    left_out = 0
    for record in records:
        again = _again(policy, record)
        pair = (None, None) if again is None else (_of(metric, record.decision), _of(metric, again))
        if pair[0] is None or pair[1] is None:
            left_out += 1
        else:
            apart = pair[0] - pair[1]
            differences.append(apart)
            one, where = Fraction(apart), segment_of(record)
            segments[where] = plus(segments.get(where, NOTHING), Moments(1, one, one**2))
    n = len(differences)
    if not n:
        return None
    mean = sum(differences) / n
    spread = sum((apart - mean) ** 2 for apart in differences) / n
    error = sqrt(spread / n)
    p_value = two_sided(mean / error) if error else (0.0 if mean else 1.0)
    return PolicyEffect(
        digest=policy.digest,
        metric=metric,
        n=n,
        left_out=left_out,
        effect=mean,
        error=error,
        p_value=p_value,
        differences=segments,
    )


def _again(policy: Policy, record: DecisionRecord) -> Decision | None:
    if record.admission.application.product not in policy.products:
        return None
    found = evaluate(policy, record.admission, record.gathered)
    return found if isinstance(found, Decision) else None


def _of(metric: Metric, decision: Decision) -> float | None:
    if metric is Metric.APPROVAL:
        return float(decision.outcome is Outcome.APPROVE)
    if decision.score is None:
        return None
    return float(decision.score.points) if metric is Metric.POINTS else decision.score.pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How the share of applications with a code changed; ``p_value`` after Bonferroni."""

    code: str
    before: int
    after: int
    share_before: float
    share_after: float
    p_value: float

    @property
    def change(self) -> float:
        """Share of B less share of A."""
        return self.share_after - self.share_before


def shifts(
    before: Counter[str], n_before: int, after: Counter[str], n_after: int
) -> tuple[Shift, ...]:
    """Of every code, the largest change first. Shares of the leading reasons of all that is not
    approved add to the refer and decline rate, so their changes are, negated, that of approval.
    """
    if not n_before or not n_after:
        return ()
    codes = sorted({code for code in (*before, *after) if before[code] or after[code]})
    found = [_shift(code, before[code], n_before, after[code], n_after, codes) for code in codes]
    return tuple(sorted(found, key=lambda shift: (-abs(shift.change), shift.code)))


def _shift(code: str, a: int, n: int, b: int, m: int, codes: Sequence[str]) -> Shift:
    share = (a + b) / (n + m)
    error = sqrt(share * (1 - share) * (1 / n + 1 / m))
    p_value = min(two_sided((b / m - a / n) / error) * len(codes), 1.0) if error else 1.0
    return Shift(
        code=code, before=a, after=b, share_before=a / n, share_after=b / m, p_value=p_value
    )
