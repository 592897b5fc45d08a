"""The figures of a window as plain values: what text, JSON and the page all show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from engine.currency import MINOR_DIGITS
from engine.monitor.calibration import band_label, calibration
from engine.monitor.cards import Cards, WatchedCard
from engine.monitor.cells import BILLION, Cell, Metric
from engine.monitor.histogram import quantile
from engine.monitor.observation import DIMENSIONS
from engine.monitor.overrides import overrides
from engine.monitor.population import CardCounts, Duel, Population, nonzero
from engine.monitor.stability import Bins, Stability, Thresholds, stability
from engine.monitor.statistics import discrimination, wilson
from engine.outcome import Outcome
from engine.watch.windows import Counts

Figures = dict[str, Any]
"""Plain values that JSON holds. Amounts in major units, rates as shares."""

_SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
_MOST_ROWS = 20
#: Why a card has no CSI.
NO_BINS = "the manifest of this card has no frozen bins of features: no CSI"
NO_ROWS = "no application has a row of the features of this card: no CSI"
NO_MANIFEST = "no bundle beside the ledger has this card: neither PSI nor CSI"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """How figures are made."""

    cards: Cards
    thresholds: Thresholds


def unit_of(population: Population) -> int:
    """Minor units in a major one of the currency decided in."""
    currency = next((code for code, _ in nonzero(population.currencies)), "")
    return int(10 ** MINOR_DIGITS.get(currency, 0))


def window_figures(counts: Counts, scope: Scope) -> Figures:
    """A whole window with its cuts and its days."""
    return {
        **population_figures(counts.whole, scope),
        "left_out": dict(counts.gone),
        "days": [
            {"day": day.isoformat(), **cell_figures(cell, unit_of(counts.whole))}
            for day, cell in sorted(counts.days.items())
        ],
        "by": {
            name: {
                value: population_figures(population, scope)
                for (dimension, value), population in sorted(
                    counts.by.items(), key=lambda item: (-item[1].n, item[0])
                )
                if dimension == name
            }
            for name in sorted({dimension for dimension, _ in counts.by})
        },
    }


def population_figures(population: Population, scope: Scope) -> Figures:
    """One population."""
    n, whole, unit = population.n, population.whole(), unit_of(population)
    return {
        "applications": n,
        "rates": {
            outcome.value: asdict(wilson(population.outcomes[outcome.value], n))
            for outcome in Outcome
        },
        "means": cell_figures(whole, unit),
        "cards": [_card(card, counts, scope) for card, counts in sorted(population.cards.items())],
        "fraud_cards": [
            _card(card, counts, scope) for card, counts in sorted(population.fraud_cards.items())
        ],
        "line": _amounts(population.lines, unit),
        "offer": _amounts(population.offers, unit),
        "pd": [{"band": band_label(b), "n": c} for b, c in sorted(population.pds.items()) if c],
        "reasons": _codes(population.reasons, n),
        "first_reasons": _codes(population.leading, n),
        "rules": _codes(population.rules, n),
        "binding_caps": _codes(population.caps, population.outcomes[Outcome.APPROVE.value]),
        "limit_statuses": _codes(population.limit_statuses, n),
        "degradations": _codes(population.degradations, n),
        "policies": _codes(population.policies, n),
        "overrides": asdict(overrides(population.outcomes, population.reviews)),
        "calibration": {
            **asdict(calibration(population.bands)),
            "indeterminate": population.indeterminate,
            "without_account": population.unbooked,
        },
        "challengers": [_duel(card, duel) for card, duel in sorted(population.duels.items())],
        "segments": {
            name: [
                {"value": value, **cell_figures(cell, unit)}
                for value, cell in _largest(population.by(name))
            ]
            for name in DIMENSIONS
        },
    }


def _largest(cells: Mapping[str, Cell]) -> list[tuple[str, Cell]]:
    return sorted(cells.items(), key=lambda item: (-item[1].n, item[0]))[:_MOST_ROWS]


def cell_figures(cell: Cell, unit: int) -> Figures:
    """The sums of a segment as means and rates; ``None`` where there is nothing."""
    matured = cell.good + cell.bad
    means = {metric: cell.moments(metric) for metric in Metric}
    return {
        "n": cell.n,
        "approved": asdict(wilson(cell.approved, cell.n)),
        "declined": asdict(wilson(cell.declined, cell.n)),
        "scored": cell.scored,
        "points": float(means[Metric.POINTS].mean) if cell.scored else None,
        "pd": float(means[Metric.PD].mean) if cell.scored else None,
        "line": float(means[Metric.LINE].mean) / unit if cell.approved else None,
        "overridden": asdict(wilson(cell.overridden, cell.reviewed)),
        "matured": matured,
        "bad": asdict(wilson(cell.bad, matured)),
        "expected_bad": cell.expected_bad / BILLION,
    }


def _amounts(counts: Counter[int], unit: int) -> Figures:
    found = {f"p{share:.0%}".rstrip("%"): quantile(counts, share) for share in _SHARES}
    return {
        "n": sum(counts.values()),
        **{name: None if value is None else value / unit for name, value in found.items()},
    }


def _codes(counts: Counter[str], n: int) -> list[Figures]:
    return [
        {"code": code, **asdict(wilson(count, n))} for code, count in nonzero(counts) if count > 0
    ]


def _card(name: tuple[str, str], counts: CardCounts, scope: Scope) -> Figures:
    watched = scope.cards.get(name[1])
    found: Figures = {
        "card": name[0],
        "digest": name[1],
        "n": counts.n,
        "mean_points": sum(p * c for p, c in counts.points.items()) / counts.n
        if counts.n
        else None,
        "discrimination": _told(counts),
        "psi": None,
        "csi": [],
        "note": NO_MANIFEST,
    }
    if watched is not None:
        psi = points_stability(watched, counts, scope.thresholds)
        found["psi"] = {**asdict(psi), "bins": _bins(watched.points, psi)}
        counted = "" if counts.features else NO_ROWS
        found["note"] = counted if watched.features else NO_BINS
        found["csi"] = [
            {**asdict(csi), "bins": _bins(bins, csi), "family": watched.families.get(bins.name, "")}
            for bins, csi in feature_stability(watched, counts, scope.thresholds)
        ]
        found["csi"].sort(key=lambda csi: (-csi["psi"], csi["name"]))
    return found


def points_stability(card: WatchedCard, counts: CardCounts, thresholds: Thresholds) -> Stability:
    """PSI of the card's points."""
    bins = card.points
    return stability(bins, placed(bins, counts.points), bins.rows, thresholds)


def placed(bins: Bins, points: Mapping[int, int]) -> list[int]:
    """Counts by points, by bin."""
    found = [0] * len(bins.shares)
    for value, count in points.items():
        found[bins.place(value)] += count
    return found


def feature_stability(
    card: WatchedCard, counts: CardCounts, thresholds: Thresholds
) -> list[tuple[Bins, Stability]]:
    """CSI of each feature with bins; of the applications that have a row of the card."""
    return [
        (bins, stability(bins, [seen[i] for i in range(len(bins.shares))], bins.rows, thresholds))
        for bins, seen in zip(card.features, counts.features, strict=False)
    ]


def _bins(bins: Bins, found: Stability) -> list[Figures]:
    return [
        {"label": label, "trained": share, "now": count / found.n if found.n else 0.0}
        for label, share, count in zip(bins.labels(), bins.shares, found.counts, strict=False)
    ]


def _told(counts: CardCounts) -> Figures | None:
    found = discrimination(counts.good, counts.bad)
    return None if found is None else asdict(found)


def _duel(card: tuple[str, str], duel: Duel) -> Figures:
    n = duel.n
    mean = duel.difference / n if n else 0.0
    return {
        "card": card[0],
        "digest": card[1],
        "n": n,
        "points_difference": mean,
        "points_difference_sd": (
            max(duel.difference_square / n - mean * mean, 0.0) ** 0.5 if n else 0.0
        ),
        "pd_difference": duel.pd_difference / BILLION / n if n else 0.0,
        "champion": _told(duel.champion),
        "challenger": _told(duel.challenger),
    }


def between(before: Counts, after: Counts, scope: Scope) -> list[Figures]:
    """PSI and CSI of the second window against the first, for the cards of both."""
    first, second = before.whole, after.whole
    found = []
    pairs = [
        (name, counts, earlier.get(name))
        for earlier, now in ((first.cards, second.cards), (first.fraud_cards, second.fraud_cards))
        for name, counts in sorted(now.items())
    ]
    for name, counts, earlier in pairs:
        watched = scope.cards.get(name[1])
        if watched is None or earlier is None or not earlier.n:
            continue
        points = _against(
            watched.points,
            placed(watched.points, earlier.points),
            placed(watched.points, counts.points),
            scope,
        )
        features = [
            _against(
                bins,
                [then[i] for i in range(len(bins.shares))],
                [now[i] for i in range(len(bins.shares))],
                scope,
            )
            for bins, then, now in zip(
                watched.features, earlier.features, counts.features, strict=False
            )
        ]
        features.sort(key=lambda one: (-one.psi, one.name))
        found.append(
            {"card": name[0], "psi": asdict(points), "csi": [asdict(one) for one in features]}
        )
    return found


def _against(bins: Bins, then: list[int], now: list[int], scope: Scope) -> Stability:
    rows = sum(then)
    shares = tuple(count / rows if rows else 0.0 for count in then)
    base = Bins(bins.name, bins.cuts, bins.levels, shares)
    return stability(base, now, rows, scope.thresholds)
