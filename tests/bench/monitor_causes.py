"""How often the root-cause view names a planted cause first, and two that work against each other.

    python -m tests.bench.monitor_causes [--seeds 100] [--applications 3000]

Two windows of random applications over six independent dimensions; into the second one a cause is
planted. Prints for each kind of cause how often it is named first, and how often at all, whether it
goes with the change or against it; for two causes that work against each other, how often both are
named with their sign; and for windows without any cause how often something is named at all.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable

from engine.monitor.causes import Cause, Key, Kind
from engine.monitor.cells import Metric
from engine.monitor.explanation import Explanation, explain_change
from engine.monitor.observation import Segment
from engine.monitor.population import Population
from tests.observations import RATES, drawn

_Draw = Callable[[random.Random, int], Population]


def _flat(segment: Segment) -> float:
    return RATES[segment.channel]


def _worse_channel(segment: Segment) -> float:
    return _flat(segment) - 0.25 * (segment.channel == "partner")


def _worse_branch(segment: Segment) -> float:
    return _flat(segment) - 0.4 * (segment.branch == "branch_7")


def _worse_cross(segment: Segment) -> float:
    return _flat(segment) - 0.4 * (segment.channel == "partner" and segment.product == "gold")


def _low_partner(segment: Segment) -> float:
    return 0.3 if segment.channel == "partner" else 0.65


def _to_partner(chance: random.Random, segment: Segment) -> Segment:
    moves = segment.channel == "mobile" and chance.random() < 0.3
    return segment._replace(channel="partner") if moves else segment


def _low_students(segment: Segment) -> float:
    return 535.0 if segment.customer_segment == "student" else 550.0


def _students_rarely(segment: Segment) -> float:
    return 0.3 if segment.customer_segment == "student" else 0.7


def _worse_partner(segment: Segment) -> float:
    return _students_rarely(segment) - 0.3 * (segment.channel == "partner")


def _better_gold(more: float) -> Callable[[Segment], float]:
    """While one channel falls."""
    return lambda segment: (
        _flat(segment) - 0.3 * (segment.channel == "partner") + more * (segment.product == "gold")
    )


def _fewer_students(chance: random.Random, segment: Segment) -> Segment:
    moves = segment.customer_segment == "student" and chance.random() < 0.4
    return segment._replace(customer_segment="mass") if moves else segment


_PARTNER: Key = (("channel", "partner"),)
_GOLD: Key = (("product", "gold"),)
_STUDENTS: Key = (("customer_segment", "student"),)
_Signs = dict[tuple[Key, Kind], float]
"""What must be named, with the sign of its effect."""
_PLANTS: tuple[tuple[str, Metric, _Draw, _Draw, _Signs], ...] = (
    (
        "approval of one channel -25 points",
        Metric.APPROVAL,
        drawn,
        lambda c, n: drawn(c, n, rate=_worse_channel),
        {(_PARTNER, Kind.RATE): -1},
    ),
    (
        "approval of one of 20 branches -40 points",
        Metric.APPROVAL,
        drawn,
        lambda c, n: drawn(c, n, rate=_worse_branch),
        {((("branch", "branch_7"),), Kind.RATE): -1},
    ),
    (
        "approval of one product in one channel -40 points",
        Metric.APPROVAL,
        drawn,
        lambda c, n: drawn(c, n, rate=_worse_cross),
        {((("product", "gold"), ("channel", "partner")), Kind.RATE): -1},
    ),
    (
        "share of one channel 20 to 35 per cent",
        Metric.APPROVAL,
        lambda c, n: drawn(c, n, rate=_low_partner),
        lambda c, n: drawn(c, n, rate=_low_partner, mix=_to_partner),
        {(_PARTNER, Kind.MIX): -1},
    ),
    (
        "mean score of one segment -15 points",
        Metric.POINTS,
        drawn,
        lambda c, n: drawn(c, n, points=_low_students),
        {(_STUDENTS, Kind.RATE): -1},
    ),
    (
        "one channel -30 points (-6 of all), fewer of a segment seldom approved (+5 of all)",
        Metric.APPROVAL,
        lambda c, n: drawn(c, n, rate=_students_rarely),
        lambda c, n: drawn(c, n, rate=_worse_partner, mix=_fewer_students),
        {(_PARTNER, Kind.RATE): -1, (_STUDENTS, Kind.MIX): 1},
    ),
    (
        "one channel -30 points (-6 of all), one product +20 points (+7 of all)",
        Metric.APPROVAL,
        drawn,
        lambda c, n: drawn(c, n, rate=_better_gold(0.2)),
        {(_PARTNER, Kind.RATE): -1, (_GOLD, Kind.RATE): 1},
    ),
    (
        "one channel -30 points (-6 of all), one product +12 points (+4 of all)",
        Metric.APPROVAL,
        drawn,
        lambda c, n: drawn(c, n, rate=_better_gold(0.12)),
        {(_PARTNER, Kind.RATE): -1, (_GOLD, Kind.RATE): 1},
    ),
    ("nothing", Metric.APPROVAL, drawn, drawn, {}),
)


def main() -> None:
    """Plant, explain, count, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--applications", type=int, default=3_000)
    options = parser.parse_args()
    for name, metric, first, second, planted in _PLANTS:
        told: Counter[str] = Counter()
        for seed in range(options.seeds):
            chance = random.Random(seed)
            windows = first(chance, options.applications), second(chance, options.applications)
            told.update(_named(explain_change(metric, *windows), planted))
        print(f"{name}: of {options.seeds}, {', '.join(f'{k} {n}' for k, n in told.items())}")


def _named(found: Explanation, planted: _Signs) -> dict[str, int]:
    """What is true of one pair of windows, as 1 and 0."""
    signs: _Signs = {
        (part.key, part.kind): 1 if part.effect > 0 else -1
        for part in found.account.parts
        if isinstance(part, Cause)
    }
    if not planted:
        return {"nothing named": not signs}
    first = [(part.key, part.kind) for part in found.named[:1] if isinstance(part, Cause)]
    there = planted.items() <= signs.items()
    return {
        **({"named first": first == [*planted]} if len(planted) == 1 else {}),
        "named with its sign" if len(planted) == 1 else "both named with their sign": there,
        "something else named": len(signs) > sum(key in signs for key in planted),
    }


if __name__ == "__main__":
    main()
