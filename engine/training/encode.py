"""From a table to the rows of a model: formulas, codes, missing values, ranges and levels.

Training and serving call the same functions, so they cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum, log

import numpy as np
import numpy.typing as npt

from engine.training.formula import Values
from engine.training.spec import FeatureSpec, Instead, Kind, Missing, Outside, Spec
from engine.training.table import Table, Texts, TrainingRefused

Rows = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int8]
Weights = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

#: Rows that the average of all stands for in the rate of a level: few people say little.
SMOOTHING = 20.0
_CROSS = 5
MISSING_LEVEL = "(missing)"
MAX_LEVELS = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Faulty:
    """Rows without a score: the mask, the feature, and why."""

    mask: npt.NDArray[np.bool_]
    feature: str
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Everything that does not depend on outcomes. ``levels``: texts of the category columns."""

    numbers: Rows
    levels: Mapping[int, Texts]
    faults: tuple[Faulty, ...]

    def take(self, rows: npt.NDArray[np.int64]) -> Prepared:
        """Some of the rows."""
        levels = {place: texts[rows] for place, texts in self.levels.items()}
        return Prepared(self.numbers[rows], levels, ())


@dataclass(frozen=True, slots=True)
class Levels:
    """Log-odds of a bad outcome by level, of one category; ``other``: of a level never seen."""

    of: Mapping[str, float]
    other: float

    def encoded(self, texts: Texts) -> Values:
        """The value of each text."""
        return np.array([self.of.get(text, self.other) for text in texts], dtype=np.float64)


def prepare(features: tuple[FeatureSpec, ...], table: Table) -> Prepared:
    """Evaluate every feature for every row of a table."""
    wanted = {n for f in features if f.kind is Kind.NUMBER for n in f.of.names}
    columns = {name: table.numbers(name) for name in sorted(wanted)}
    numbers = np.zeros((table.rows, len(features)), dtype=np.float32)
    levels: dict[int, Texts] = {}
    faults: list[Faulty] = []
    for place, feature in enumerate(features):
        if feature.kind is Kind.CATEGORY:
            texts = table.texts(feature.of.names[0])
            levels[place], found = _levels_of(feature, texts)
        else:
            values, found = _number(feature, raw_values(feature, columns, table.rows))
            numbers[:, place] = values
        faults.extend(fault for fault in found if fault.mask.any())
    return Prepared(numbers, levels, tuple(faults))


def raw_values(feature: FeatureSpec, columns: Mapping[str, Values], rows: int) -> Values:
    """The formula for each row; where it reads several columns, their codes are missing (NaN)."""
    codes = {code for code, _ in feature.special}
    if len(feature.of.names) > 1 and codes:
        cleaned = {
            name: np.where(np.isin(columns[name], list(codes)), np.nan, columns[name])
            for name in feature.of.names
        }
        return np.broadcast_to(feature.of.of(cleaned), rows).copy()
    return np.broadcast_to(feature.of.of(columns), rows).copy()


def _number(feature: FeatureSpec, raw: Values) -> tuple[Values, tuple[Faulty, ...]]:
    missing = np.isnan(raw)
    low, high = feature.low, feature.high
    special = np.zeros(len(raw), dtype=np.bool_)
    values = raw.copy()
    for code, instead in feature.special:
        here = raw == code
        special |= here
        values[here] = _instead_of_code(feature, code, instead)
    values[missing] = instead_of(feature, feature.missing)
    refused = missing if feature.missing is Missing.REFUSE else np.zeros(len(raw), dtype=np.bool_)
    for code, instead in feature.special:
        if instead is Missing.REFUSE:
            refused = refused | (raw == code)
    outside = ~missing & ~special & ((raw < low) | (raw > high))
    there = ~np.isnan(values) & ~special
    values[there] = np.clip(values[there], low, high)
    if feature.outside is Outside.CLIP:
        outside = np.zeros(len(raw), dtype=np.bool_)
    return values, (
        Faulty(refused, feature.name, "is missing"),
        Faulty(outside, feature.name, f"is outside {low:g} .. {high:g}"),
    )


def instead_of(feature: FeatureSpec, instead: Instead) -> float:
    """What a missing or special value becomes; NaN stands for itself, and for a refusal."""
    risky, safe = (feature.high, feature.low) if feature.sign > 0 else (feature.low, feature.high)
    match instead:
        case Missing.WORST:
            return risky
        case Missing.BEST:
            return safe
        case Missing.REFUSE | Missing.SEPARATE:
            return float("nan")
        case _:
            return float(instead)


def least(feature: FeatureSpec) -> float:
    """The least value that the trees may see: codes told to them lie below the range."""
    told = _told(feature)
    return _below(feature, len(told)) if told else feature.low


def _told(feature: FeatureSpec) -> list[float]:
    return sorted(code for code, instead in feature.special if instead is Missing.SEPARATE)


def _instead_of_code(feature: FeatureSpec, code: float, instead: Instead) -> float:
    """As ``instead_of``; each code that is told to the trees has a value of its own.

    "No record", "none usable" and "never" are different things: as one missing value they cost
    the FICO HELOC card .005 of AUC.
    """
    if instead is not Missing.SEPARATE:
        return instead_of(feature, instead)
    told = _told(feature)
    return _below(feature, len(told) - told.index(code))


def _below(feature: FeatureSpec, steps: int) -> float:
    """Far enough below the range to be told from it in single precision."""
    return feature.low - steps * max(1.0, abs(feature.low))


def _levels_of(feature: FeatureSpec, texts: Texts) -> tuple[Texts, tuple[Faulty, ...]]:
    missing = np.array([text is None for text in texts], dtype=np.bool_)
    if feature.missing is Missing.REFUSE:
        return texts, (Faulty(missing, feature.name, "is missing"),)
    found = texts.copy()
    found[missing] = MISSING_LEVEL
    return found, ()


def refuse_faults(table: Table, prepared: Prepared, spec: Spec) -> None:
    """``TrainingRefused`` at the first row that would have no score."""
    for fault in prepared.faults:
        row = int(np.flatnonzero(fault.mask)[0])
        feature = next(f for f in spec.features if f.name == fault.feature)
        column = feature.of.names[0] if feature.of.names else feature.of.text
        raise TrainingRefused(
            f"{table.place(row, column)}: feature {fault.feature} {fault.why}, in"
            f" {int(fault.mask.sum()):,} rows; give it a policy (missing, outside), or exclude them"
        )


def fit_levels(texts: Texts, labels: Labels, weights: Weights | None = None) -> Levels:
    """Log-odds of each level, drawn towards those of all rows."""
    masses = np.ones(len(labels)) if weights is None else weights
    rate = _rate(labels, masses)
    bad: dict[str, float] = {}
    all_of: dict[str, float] = {}
    for text, label, mass in zip(texts.tolist(), labels.tolist(), masses.tolist(), strict=True):
        all_of[text] = all_of.get(text, 0.0) + mass
        bad[text] = bad.get(text, 0.0) + mass * label
    if len(all_of) > MAX_LEVELS:
        raise TrainingRefused(f"a category has more than {MAX_LEVELS:,} levels: it names people")
    found = {
        text: _log_odds((bad[text] + SMOOTHING * rate) / (all_of[text] + SMOOTHING))
        for text in sorted(all_of)
    }
    return Levels(found, _log_odds(rate))


def _rate(labels: Labels, masses: Weights) -> float:
    bad = fsum((labels * masses).tolist())
    return min(max(bad / fsum(masses.tolist()), 1e-6), 1 - 1e-6)


def _log_odds(rate: float) -> float:
    return round(log(rate / (1.0 - rate)), 6)


def design(
    prepared: Prepared, labels: Labels, weights: Weights | None, seed: int
) -> tuple[Rows, dict[int, Levels]]:
    """Rows to train on, and the levels with which other rows are encoded.

    In the rows to train on, a level's value comes from the other fifths of the rows: with its own
    outcome in it, a rare level would give the outcome away.
    """
    rows = prepared.numbers.copy()
    levels: dict[int, Levels] = {}
    fifth = np.random.default_rng(seed).permutation(len(labels)) % _CROSS
    for place, texts in prepared.levels.items():
        levels[place] = fit_levels(texts, labels, weights)
        for part in range(_CROSS):
            inside, others = fifth == part, fifth != part
            mass = None if weights is None else weights[others]
            fitted = fit_levels(texts[others], labels[others], mass)
            rows[inside, place] = fitted.encoded(texts[inside])
    return rows, levels


def encoded(prepared: Prepared, levels: Mapping[int, Levels]) -> Rows:
    """Rows with the levels' values in place."""
    rows = prepared.numbers.copy()
    for place, known in levels.items():
        rows[:, place] = known.encoded(prepared.levels[place])
    return rows
