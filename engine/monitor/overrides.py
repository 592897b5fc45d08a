"""Overrides: where a person decided otherwise than the engine, and what became of referrals.

Low side: approved although the engine declined. High side: declined although it approved.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from engine.monitor.statistics import Rate, wilson
from engine.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Overrides:
    """``rate``: of reviewed approvals and declines. ``conversion``: referrals that were approved,
    of those a person has answered; ``answered``: of all referrals.
    """

    rate: Rate
    low_side: Rate
    high_side: Rate
    conversion: Rate
    answered: Rate


def overrides(outcomes: Counter[str], reviews: Counter[tuple[str, str]]) -> Overrides:
    """Of a population. Rates of the low and high side are of all declines and approvals."""
    approve, refer, decline = Outcome.APPROVE.value, Outcome.REFER.value, Outcome.DECLINE.value
    firm = {pair: n for pair, n in reviews.items() if pair[0] != refer}
    answered = sum(n for (engine, told), n in reviews.items() if engine == refer != told)
    return Overrides(
        rate=wilson(sum(n for (a, b), n in firm.items() if a != b), sum(firm.values())),
        low_side=wilson(reviews[decline, approve], outcomes[decline]),
        high_side=wilson(reviews[approve, decline], outcomes[approve]),
        conversion=wilson(reviews[refer, approve], answered),
        answered=wilson(answered, outcomes[refer]),
    )
