"""Why two windows of a ledger differ: their counts, and samples decided and scored again."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.monitor.cells import Metric
from engine.monitor.explanation import Explanation, explain_change
from engine.monitor.features import FeatureEffects, feature_effects
from engine.monitor.policies import PolicyEffect, policy_effect
from engine.record import DecisionRecord
from engine.scoring.features import ScoreUnavailable, vector
from engine.simulate.sources import PART, Gone, StoredDecisions
from engine.watch.shelf import Shelf
from engine.watch.windows import Counts

#: Applications scored again, of each window, and decided again, of the second.
MOST_SCORED, MOST_DECIDED = 5_000, 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two windows with their counts; ``seed`` chooses the samples."""

    sources: tuple[StoredDecisions, StoredDecisions]
    counts: tuple[Counts, Counts]
    seed: int = 1


def why(metric: Metric, compared: Compared, shelf: Shelf) -> Explanation:
    """Everything that explains the change of a metric from the first window to the second."""
    before, after = (counts.whole for counts in compared.counts)
    return explain_change(
        metric,
        before,
        after,
        policy=_policy(metric, compared, shelf),
        features=_features(compared, shelf),
    )


def _policy(metric: Metric, compared: Compared, shelf: Shelf) -> PolicyEffect | None:
    """Only where the windows were not decided under the same policy."""
    first, second = (counts.whole.policies for counts in compared.counts)
    if set(+first) == set(+second) or not first:
        return None
    policy = shelf.policy(_most(first))
    if policy is None:
        return None
    try:
        records = sample(compared.sources[1], MOST_DECIDED, compared.seed)
        return policy_effect(policy, metric, records)
    finally:
        policy.rules.close()


def _features(compared: Compared, shelf: Shelf) -> FeatureEffects | None:
    """With the card that scored most of the second window, on both."""
    cards = compared.counts[1].whole.cards
    if not cards:
        return None
    name = max(sorted(cards), key=lambda card: cards[card].n)
    card, watched = shelf.scorecard(name[1]), shelf.get(name[1])
    if card is None or watched is None:
        return None
    rows = [_rows(source, name[0], compared.seed) for source in compared.sources]
    return feature_effects(card, watched, rows[0], rows[1])


def _rows(source: StoredDecisions, card: str, seed: int) -> list[tuple[float, ...]]:
    """Rows of a sample of those that a card of this name has scored."""
    found: list[tuple[float, ...]] = []
    for record in sample(source, MOST_SCORED, seed):
        bureau, score = record.admission.application.bureau, record.decision.score
        if bureau is None or score is None or score.scorecard != card:
            continue
        values = vector(bureau)
        if not isinstance(values, ScoreUnavailable):
            found.append(values)
    return found


def sample(source: StoredDecisions, most: int, seed: int) -> Iterator[DecisionRecord]:
    """Decisions of the window, chosen by the seed if there are more than ``most``."""
    numbers: Sequence[int] = source.numbers()
    if len(numbers) > most:
        numbers = sorted(random.Random(seed).sample(numbers, most))  # noqa: S311 - a sample
    for place in range(0, len(numbers), PART):
        for item in source.read_some(numbers[place : place + PART]):
            if not isinstance(item, Gone) and item.decided is not None:
                yield DecisionRecord(
                    admission=item.admission, gathered=item.gathered, decision=item.decided
                )


def _most(counts: Counter[str]) -> str:
    return max(sorted(counts), key=lambda digest: counts[digest])
