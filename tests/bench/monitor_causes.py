"""How often the root-cause view names a planted cause first.

    python -m tests.bench.monitor_causes [--seeds 100] [--applications 3000]

Two windows of random applications over six independent dimensions; into the second one a cause is
planted. Prints for each kind of cause how often it is named first, and for windows without any how
often something is named at all.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable

from engine.monitor.causes import Key, Kind, segment_causes
from engine.monitor.cells import Metric
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


_PARTNER: Key = (("channel", "partner"),)
_PLANTS: tuple[tuple[str, Metric, _Draw, _Draw, tuple[Key, Kind] | None], ...] = (
    (
        "approval of one channel -25 points",
        Metric.APPROVAL,
        drawn,
        lambda c, n: drawn(c, n, rate=_worse_channel),
        (_PARTNER, Kind.RATE),
    ),
    (
        "approval of one of 20 branches -40 points",
        Metric.APPROVAL,
        drawn,
        lambda c, n: drawn(c, n, rate=_worse_branch),
        ((("branch", "branch_7"),), Kind.RATE),
    ),
    (
        "approval of one product in one channel -40 points",
        Metric.APPROVAL,
        drawn,
        lambda c, n: drawn(c, n, rate=_worse_cross),
        ((("product", "gold"), ("channel", "partner")), Kind.RATE),
    ),
    (
        "share of one channel 20 to 35 per cent",
        Metric.APPROVAL,
        lambda c, n: drawn(c, n, rate=_low_partner),
        lambda c, n: drawn(c, n, rate=_low_partner, mix=_to_partner),
        (_PARTNER, Kind.MIX),
    ),
    (
        "mean score of one segment -15 points",
        Metric.POINTS,
        drawn,
        lambda c, n: drawn(c, n, points=_low_students),
        ((("customer_segment", "student"),), Kind.RATE),
    ),
    ("nothing", Metric.APPROVAL, drawn, drawn, None),
)


def main() -> None:
    """Plant, explain, count, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--applications", type=int, default=3_000)
    options = parser.parse_args()
    for name, metric, first, second, planted in _PLANTS:
        hits = 0
        for seed in range(options.seeds):
            chance = random.Random(seed)
            windows = first(chance, options.applications), second(chance, options.applications)
            named = [c for c in segment_causes(metric, *windows) if c.named]
            found = (named[0].key, named[0].kind) if named else None
            hits += found == planted
        told = "named first" if planted else "nothing named"
        print(f"{name}: {told} {hits} of {options.seeds}")


if __name__ == "__main__":
    main()
