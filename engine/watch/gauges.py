"""The figures of a window as gauges for Prometheus: names, labels and values, all bounded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from engine.monitor.calibration import calibration
from engine.monitor.cards import Cards
from engine.monitor.cells import Cell, Metric
from engine.monitor.histogram import quantile
from engine.monitor.overrides import overrides
from engine.monitor.population import OTHER, CardCounts, Population, nonzero
from engine.monitor.stability import Stability, Thresholds, Verdict
from engine.outcome import Outcome
from engine.watch.figures import feature_stability, points_stability, unit_of

#: Values of a dimension with a label of their own; all others are "other".
MOST_VALUES = 10
_MOST_CARDS = 4
_MOST_CODES = 20
_DIMENSIONS = ("product", "channel", "customer_segment", "partner")
_LEVELS = {Verdict.TOO_FEW: 0, Verdict.STABLE: 0, Verdict.WATCH: 1, Verdict.DRIFT: 2}

PREFIX = "touchstone_monitor_"
HELP: Mapping[str, str] = {
    "applications": "Applications decided in the window, each by its last decision",
    "outcome_rate": "Share of the applications with that outcome",
    "segment_applications": "Applications by the values of a dimension, the most frequent ones",
    "segment_approval_rate": "Approval rate by the values of a dimension",
    "mean_points": "Mean points of the scored",
    "mean_pd": "Mean calibrated PD of the scored",
    "line": "Quantiles of the approved line, major units",
    "psi": "PSI of a card's points against its training",
    "psi_expected": "What the PSI would be without drift",
    "psi_n": "Applications scored by the card",
    "psi_p_value": "P-value of the chi-square test; approximate without frozen bins of points",
    "psi_alert": "0 stable or fewer than 200 applications, 1 watch, 2 drift",
    "csi": "CSI of a feature against the card's training",
    "csi_p_value": "P-value of the chi-square test of a feature",
    "csi_alert": "0 stable or fewer than 200 applications, 1 watch, 2 drift",
    "challenger_points": "Mean points of a challenger less those of the champion",
    "degraded_rate": "Share of the applications for which a source failed",
    "reviews": "Answers of reviewers told in the window",
    "override_rate": "Share of reviewed approvals and declines that a person decided otherwise",
    "referral_approval_rate": "Share of answered referrals that a person approved",
    "matured": "Accounts whose performance was told in the window",
    "calibration_ratio": "Bad accounts told in the window over those that the PD expected",
}


class Reading(NamedTuple):
    """One value of a gauge; ``labels``: names and values."""

    name: str
    labels: dict[str, str]
    value: float


def readings(
    window: str, population: Population, cards: Cards, thresholds: Thresholds
) -> Iterator[Reading]:
    """All gauges of a window that have a value."""
    labels = {"window": window}
    n, whole = population.n, population.whole()
    yield Reading("applications", labels, n)
    if n:
        for outcome in Outcome:
            rate = population.outcomes[outcome.value] / n
            yield Reading("outcome_rate", {**labels, "outcome": outcome.value}, rate)
    if whole.scored:
        yield Reading("mean_points", labels, float(whole.moments(Metric.POINTS).mean))
        yield Reading("mean_pd", labels, float(whole.moments(Metric.PD).mean))
    for share in (0.1, 0.5, 0.9):
        line = quantile(population.lines, share)
        if line is not None:
            told = {**labels, "quantile": f"{share:g}"}
            yield Reading("line", told, line / unit_of(population))
    yield from _segments(labels, population)
    yield from _stability(labels, population, cards, thresholds)
    for code, count in list(nonzero(population.degradations))[:_MOST_CODES]:
        yield Reading("degraded_rate", {**labels, "source": code}, count / n if n else 0.0)
    for card, duel in sorted(population.duels.items())[:_MOST_CARDS]:
        if duel.n:
            apart = duel.difference / duel.n
            yield Reading("challenger_points", {**labels, "card": card[0]}, apart)
    yield from _told(labels, population)


def _told(labels: dict[str, str], population: Population) -> Iterator[Reading]:
    yield Reading("reviews", labels, sum(population.reviews.values()))
    found = overrides(population.outcomes, population.reviews)
    if found.rate.value is not None:
        yield Reading("override_rate", labels, found.rate.value)
    if found.conversion.value is not None:
        yield Reading("referral_approval_rate", labels, found.conversion.value)
    told = calibration(population.bands)
    yield Reading("matured", labels, told.n)
    if told.ratio is not None:
        yield Reading("calibration_ratio", labels, told.ratio)


def _segments(labels: dict[str, str], population: Population) -> Iterator[Reading]:
    for dimension in _DIMENSIONS:
        for value, cell in _frequent(population.by(dimension)):
            told = {**labels, "dimension": dimension, "value": value}
            yield Reading("segment_applications", told, cell.n)
            if cell.n:
                yield Reading("segment_approval_rate", told, cell.approved / cell.n)


def _frequent(cells: dict[str, Cell]) -> list[tuple[str, Cell]]:
    ranked = sorted(
        (item for item in cells.items() if item[1].n), key=lambda item: (-item[1].n, item[0])
    )
    others = Cell()
    for value, cell in ranked:
        if value == OTHER:
            others.merge(cell)
    named = [item for item in ranked if item[0] != OTHER]
    for _, cell in named[MOST_VALUES:]:
        others.merge(cell)
    kept = named[:MOST_VALUES]
    return [*kept, ("other", others)] if others.n else kept


def _stability(
    labels: dict[str, str], population: Population, cards: Cards, thresholds: Thresholds
) -> Iterator[Reading]:
    used = _most_used(population.cards) + _most_used(population.fraud_cards)
    for (name, digest), counts in used:
        card = cards.get(digest)
        if card is None:
            continue
        told = {**labels, "card": name, "digest": digest[:12]}
        yield from _one("psi", told, points_stability(card, counts, thresholds), with_n=True)
        for bins, found in feature_stability(card, counts, thresholds):
            yield from _one("csi", {**told, "feature": bins.name}, found, with_n=False)


def _most_used(
    cards: dict[tuple[str, str], CardCounts],
) -> list[tuple[tuple[str, str], CardCounts]]:
    used = [item for item in cards.items() if item[1].n]
    return sorted(used, key=lambda item: (-item[1].n, item[0]))[:_MOST_CARDS]


def _one(name: str, labels: dict[str, str], found: Stability, *, with_n: bool) -> Iterator[Reading]:
    yield Reading(name, labels, found.psi)
    yield Reading(f"{name}_p_value", labels, found.p_value)
    yield Reading(f"{name}_alert", labels, _LEVELS[found.verdict])
    if with_n:
        yield Reading(f"{name}_n", labels, found.n)
        yield Reading(f"{name}_expected", labels, found.expected)
