"""From a table to the rows of a model: formulas, codes, missing values, ranges and levels.

Training and serving call the same functions, so they cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum, log

import numpy as np
import numpy.typing as npt

from engine.training.figures import Mask, part_of
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
OTHER_LEVEL = "(other)"
OWN_LEVELS = (MISSING_LEVEL, OTHER_LEVEL)
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


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """The formula for each row, and the rows that hold each code; no row has two of them."""

    values: Values
    coded: tuple[Mask, ...]

    @property
    def special(self) -> Mask:
        """The rows that hold any code."""
        found = np.zeros(len(self.values), dtype=np.bool_)
        for here in self.coded:
            found |= here
        return found

    @property
    def missing(self) -> Mask:
        """The rows without a value that hold no code."""
        return np.asarray(np.isnan(self.values) & ~self.special)

    def outside(self, feature: FeatureSpec) -> Mask:
        """The rows whose amount is not in the range of the feature."""
        beyond = (self.values < feature.low) | (self.values > feature.high)
        return np.asarray(beyond & ~self.special)


def raw_values(feature: FeatureSpec, columns: Mapping[str, Values], rows: int) -> Raw:
    """Codes are looked for in every column that the formula reads, never in what it gives.

    A difference of -1 is no code -1, and the greater of 96 and 2 is no 96.
    """
    coded = []
    taken = np.zeros(rows, dtype=np.bool_)
    for code, _ in feature.special:
        here = np.zeros(rows, dtype=np.bool_)
        for name in feature.of.names:
            here |= _is_code(columns[name], code)
        coded.append(here & ~taken)
        taken |= here
    return Raw(np.broadcast_to(feature.of.of(columns), rows).copy(), tuple(coded))


def _is_code(values: Values, code: float) -> Mask:
    """A code with a fraction is also found in columns of single precision."""
    same = np.asarray(values == code)
    if code == np.floor(code):
        return same
    return np.asarray(same | (values == np.float64(np.float32(code))))


def _number(feature: FeatureSpec, raw: Raw) -> tuple[Values, tuple[Faulty, ...]]:
    low, high = feature.low, feature.high
    values = raw.values.copy()
    special, missing = raw.special, raw.missing
    values[missing] = instead_of(feature, feature.missing)
    refused = missing if feature.missing is Missing.REFUSE else np.zeros_like(missing)
    for (code, instead), here in zip(feature.special, raw.coded, strict=True):
        values[here] = _instead_of_code(feature, code, instead)
        if instead is Missing.REFUSE:
            refused = refused | here
    there = ~np.isnan(values) & ~special
    values[there] = np.clip(values[there], low, high)
    clips = feature.outside is Outside.CLIP
    outside = np.zeros_like(missing) if clips else raw.outside(feature)
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
            fitted = fit_levels(texts[others], labels[others], part_of(weights, others))
            rows[inside, place] = fitted.encoded(texts[inside])
    return rows, levels


def encoded(prepared: Prepared, levels: Mapping[int, Levels]) -> Rows:
    """Rows with the levels' values in place."""
    rows = prepared.numbers.copy()
    for place, known in levels.items():
        rows[:, place] = known.encoded(prepared.levels[place])
    return rows
