"""Why a figure changed between two windows: everything that is known of it, ranked."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from engine.monitor.account import Account, account_of
from engine.monitor.causes import LEAST_VALUE, Cause, change_of, segment_causes
from engine.monitor.cells import Metric, Moments
from engine.monitor.decompose import Decomposition, decompose
from engine.monitor.features import FeatureEffects
from engine.monitor.observation import DIMENSIONS
from engine.monitor.policies import PolicyEffect, Shift, shifts
from engine.monitor.population import Population
from engine.monitor.statistics import two_sided

_SIGNIFICANT = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """``decompositions``: exact, by dimension. ``causes``: of segments, each alone, ranked.
    ``account``: the causes beside each other, with those against the change. ``leading``: by the
    first reason of what was not approved; negated, these changes add to that of the approval rate.
    """

    metric: Metric
    before: Moments
    after: Moments
    p_value: float
    decompositions: tuple[Decomposition, ...]
    causes: tuple[Cause, ...]
    account: Account
    policies: tuple[Shift, ...]
    rules: tuple[Shift, ...]
    leading: tuple[Shift, ...]
    degradations: tuple[Shift, ...]
    policy: PolicyEffect | None
    features: FeatureEffects | None

    @property
    def change(self) -> float:
        """Mean of B less mean of A."""
        return float(self.after.mean - self.before.mean)

    @property
    def sign(self) -> float:
        """1 for a rise, -1 for a fall."""
        return 1.0 if self.change >= 0 else -1.0

    @property
    def significant(self) -> bool:
        """Whether the change is more than chance."""
        return self.p_value < _SIGNIFICANT

    @property
    def named(self) -> tuple[Cause | PolicyEffect, ...]:
        """The causes that are more than chance and go with the change, the first one first."""
        return tuple(part for part in self.account.parts if self.sign * part.effect > 0)

    @property
    def against(self) -> tuple[Cause | PolicyEffect, ...]:
        """The causes that are more than chance and go against the change, the largest first."""
        return tuple(part for part in self.account.parts if self.sign * part.effect < 0)


def explain_change(
    metric: Metric,
    before: Population,
    after: Population,
    *,
    policy: PolicyEffect | None = None,
    features: FeatureEffects | None = None,
    least: int = LEAST_VALUE,
) -> Explanation:
    """Of two windows; what took more than counting (policy, features) is given."""
    first, second = change_of(metric, before, after)
    split = (
        decompose(name, metric, before.by(name), after.by(name), least=least) for name in DIMENSIONS
    )
    sizes = before.n, after.n
    causes = segment_causes(metric, before, after, least=least)
    return Explanation(
        metric=metric,
        before=first,
        after=second,
        p_value=_p_value(first, second),
        decompositions=tuple(found for found in split if found is not None),
        causes=causes,
        account=account_of(metric, (before, after), causes, policy),
        policies=shifts(before.policies, sizes[0], after.policies, sizes[1]),
        rules=shifts(before.rules, sizes[0], after.rules, sizes[1]),
        leading=shifts(before.leading, sizes[0], after.leading, sizes[1]),
        degradations=shifts(before.degradations, sizes[0], after.degradations, sizes[1]),
        policy=policy,
        features=features,
    )


def _p_value(first: Moments, second: Moments) -> float:
    if not first.n or not second.n:
        return 1.0
    error = sqrt(first.variance / first.n + second.variance / second.n)
    change = float(second.mean - first.mean)
    return two_sided(change / error) if error else float(not change)
