"""Observations for tests of monitoring, drawn at random with known rates."""

from __future__ import annotations

import random
from collections.abc import Callable

from engine.monitor.observation import Observation, Scored, Segment
from engine.monitor.population import Population
from engine.outcome import Outcome

Rate = Callable[[Segment], float]
SEGMENT = Segment("classic", "mobile", "mass", "", "", "")
RATES = {"mobile": 0.6, "branch": 0.65, "partner": 0.5}


def observation(**changes: object) -> Observation:
    """An approved one; ``changes`` replace fields."""
    values: dict[str, object] = {
        "decision_id": "dec",
        "application": "dec",
        "at_us": 1_780_000_000_000_000,
        "segment": SEGMENT,
        "outcome": Outcome.APPROVE,
        "policy": "p" * 64,
        "currency": "CNY",
        "score": Scored("card", "digest", 550, 0.1),
        "line_minor": 2_000_000,
        "offer_minor": 1_000_000,
        "cap": "income",
        "limit_status": "met",
    } | changes
    return Observation(**values)  # type: ignore[arg-type]


def drawn(
    chance: random.Random,
    count: int,
    *,
    rate: Rate | None = None,
    mix: Callable[[random.Random, Segment], Segment] | None = None,
    points: Callable[[Segment], float] = lambda _segment: 550.0,
) -> Population:
    """A population with independent dimensions; ``rate``: of approval, by segment."""
    found = Population()
    for _ in range(count):
        segment = Segment(
            product=chance.choice(("classic", "gold", "platinum")),
            channel=chance.choices(("mobile", "branch", "partner"), (5, 3, 2))[0],
            customer_segment=chance.choice(("mass", "affluent", "student")),
            branch=f"branch_{chance.randrange(20)}",
            staff_member=f"staff_{chance.randrange(100)}",
            partner="",
        )
        if mix is not None:
            segment = mix(chance, segment)
        share = RATES[segment.channel] if rate is None else rate(segment)
        approved = chance.random() < share
        found.add(
            observation(
                segment=segment,
                outcome=Outcome.APPROVE if approved else Outcome.DECLINE,
                reasons=() if approved else ("DEBT_TO_INCOME",),
                score=Scored("card", "digest", round(chance.gauss(points(segment), 30)), 0.1),
            )
        )
    return found


def moved(segment: Segment, **values: str) -> Segment:
    """The segment with other values."""
    return segment._replace(**values)
