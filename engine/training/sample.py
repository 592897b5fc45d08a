"""Rows, outcomes and what was left out: a table as a spec sees it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

import numpy as np

from engine.scoring.features import FEATURES
from engine.training.bureau_rows import bureau_rows
from engine.training.encode import (
    OWN_LEVELS,
    Labels,
    Places,
    Prepared,
    Weights,
    prepare,
    refuse_faults,
)
from engine.training.figures import Mask
from engine.training.formula import parse
from engine.training.search import Shape
from engine.training.spec import FeatureSpec, Instead, Kind, Missing, Spec, TargetSpec
from engine.training.table import Table, Texts, TrainingRefused
from engine.training.times import TIMES, TimeKey, time_key

MIN_ROWS = 100
#: Bad and good outcomes that a card needs at least of each.
MIN_OUTCOMES = 25
TRAIN, CALIBRATE, TEST = 0, 1, 2
_PERIODS = ((TRAIN, "training"), (CALIBRATE, "calibration"), (TEST, "test"))
_FEW = 8
#: How the bad value of a column of truths may be written.
_TRUTHS = {"true": "true", "1": "true", "false": "false", "0": "false"}


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What training works on; ``table`` holds the rows that were kept, in file order.

    ``period``: of each row under a split by time (``TRAIN``, ``CALIBRATE``, ``TEST``); all
    ``TRAIN`` under folds.
    """

    spec: Spec
    features: tuple[FeatureSpec, ...]
    table: Table
    prepared: Prepared
    labels: Labels
    weights: Weights | None
    period: Places
    read: int
    left_out: tuple[tuple[str, int], ...]

    @property
    def shape(self) -> Shape:
        """The columns for the fitting."""
        return Shape(
            names=tuple(feature.name for feature in self.features),
            signs=tuple(feature.sign for feature in self.features),
            interactions=self.spec.interactions,
            tuning=self.spec.tuning,
            seed=self.spec.split.seed,
        )


def sample_of(spec: Spec, table: Table) -> Sample:
    """The rows to train on. Raises ``TrainingRefused`` naming file, line and column."""
    kept, left_out = _exclude(spec, table)
    labels = _labels(spec, kept)
    features = features_of(spec)
    if spec.bureau is None:
        prepared = prepare(features, kept)
        refuse_faults(kept, prepared, replace(spec, features=features))
        _refuse_own_levels(spec, kept)
    else:
        prepared = Prepared(bureau_rows(spec.bureau, kept), {}, ())
    _check_columns(spec, kept)
    return Sample(
        spec=spec,
        features=features,
        table=kept,
        prepared=prepared,
        labels=labels,
        weights=_weights(spec, kept),
        period=_periods(spec, kept, labels),
        read=table.rows,
        left_out=left_out,
    )


def _refuse_own_levels(spec: Spec, table: Table) -> None:
    """A level that is called as the card calls levels of its own would be taken for them."""
    for feature in spec.features:
        if feature.kind is Kind.CATEGORY:
            column = feature.of.names[0]
            wrong = np.flatnonzero(np.isin(table.texts(column).astype(str), OWN_LEVELS))
            if len(wrong):
                raise TrainingRefused(
                    f"{table.place(int(wrong[0]), column)}: a card has levels of its own that are"
                    f" called {' and '.join(OWN_LEVELS)}; write the value otherwise"
                )


def features_of(spec: Spec) -> tuple[FeatureSpec, ...]:
    """The features of the spec, or those of the bureau's summary, which the program computes."""
    if spec.bureau is None:
        return spec.features
    return tuple(
        FeatureSpec(
            name=f.name,
            of=parse(f.name),
            kind=Kind.NUMBER,
            sign=f.sign,
            low=f.low,
            high=f.high,
            family=f.family.value,
            missing=Missing.REFUSE,
        )
        for f in FEATURES
    )


def without_signs(spec: Spec) -> Spec:
    """The same spec with no constraint at all: what the signs cost is measured against it."""

    def told(instead: Instead) -> Instead:
        return Missing.SEPARATE if instead in {Missing.WORST, Missing.BEST} else instead

    features = tuple(
        replace(
            feature,
            sign=0,
            missing=told(feature.missing),
            special=tuple((code, told(instead)) for code, instead in feature.special),
        )
        for feature in spec.features
    )
    return replace(spec, features=features, interactions=())


def _exclude(spec: Spec, table: Table) -> tuple[Table, tuple[tuple[str, int], ...]]:
    keep = np.ones(table.rows, dtype=np.bool_)
    counts = []

    def leave_out(rows: Mask, why: str) -> None:
        nonlocal keep
        counts.append((why, int((keep & rows).sum())))
        keep = keep & ~rows

    for exclusion in spec.exclusions:
        columns = {name: table.numbers(name) for name in exclusion.when.names}
        leave_out(np.broadcast_to(exclusion.when.of(columns), table.rows) > 0, exclusion.why)
    target = spec.target
    if target.skips_missing or target.indeterminate:
        texts = table.texts(target.column)
        if target.skips_missing:
            missing = np.array([text is None for text in texts.tolist()], dtype=np.bool_)
            leave_out(missing, "the outcome is missing")
        for value in target.indeterminate:
            leave_out(texts == value, f"the outcome is {value}: neither bad nor good")
    if keep.all():
        return table, tuple(counts)
    return table.take(np.flatnonzero(keep)), tuple(counts)


def _labels(spec: Spec, table: Table) -> Labels:
    texts = table.texts(spec.target.column)
    missing = [row for row, text in enumerate(texts.tolist()) if text is None]
    if missing:
        place = table.place(missing[0], spec.target.column)
        raise TrainingRefused(
            f"{place}: the outcome is missing, in {len(missing):,} rows; leave them out with"
            " `missing: exclude` under `target`"
        )
    bad, good = set(spec.target.bad), set(spec.target.good)
    if set(texts.tolist()) <= set(_TRUTHS.values()):
        bad, good = ({_TRUTHS.get(text.lower(), text) for text in named} for named in (bad, good))
    _check_outcomes(table, spec.target, texts, bad, good)
    labels = np.array([text in bad for text in texts.tolist()], dtype=np.int8)
    count = int(labels.sum())
    if len(labels) < MIN_ROWS or not MIN_OUTCOMES <= count <= len(labels) - MIN_OUTCOMES:
        raise TrainingRefused(
            f"{table.source}: column {spec.target.column!r}: {count:,} of {len(labels):,} rows are"
            f" bad; a card needs {MIN_ROWS} rows, and {MIN_OUTCOMES} of each{_values_of(texts)}"
        )
    return labels


def _check_outcomes(
    table: Table, target: TargetSpec, texts: Texts, bad: AbstractSet[str], good: AbstractSet[str]
) -> None:
    """A misspelt outcome would count as good, one nobody thought of, too."""
    there = set(texts.tolist())
    for name, named in (("bad", bad), ("good", good)):
        absent = sorted(named - there)
        if absent:
            raise TrainingRefused(
                f"{table.source}: column {target.column!r}: no row is {absent[0]!r}, which `{name}`"
                f" names{_values_of(texts)}"
            )
    if not good:
        return
    wrong = [row for row, text in enumerate(texts.tolist()) if text not in bad | good]
    if wrong:
        raise TrainingRefused(
            f"{table.place(wrong[0], target.column)}: is neither among `bad` nor `good`, in"
            f" {len(wrong):,} rows; name the value in one of them, or under `indeterminate`"
            f"{_values_of(texts)}"
        )


def outcomes(sample: Sample) -> tuple[tuple[str, int, bool], ...]:
    """The values of the target with their rows, and whether they are bad; no more than a few."""
    texts = sample.table.texts(sample.spec.target.column)
    values, first, rows = np.unique(texts.astype(str), return_index=True, return_counts=True)
    found = [
        (str(value), int(count), bool(sample.labels[place]))
        for value, place, count in zip(values, first, rows, strict=True)
    ]
    return tuple(found) if len(found) <= _FEW else ()


def periods(sample: Sample) -> tuple[tuple[str, str, str, int], ...]:
    """Of a split by time: each period with its first and last time and its rows."""
    split = sample.spec.split
    if not split.column:
        return ()
    texts, keys = sample.table.texts(split.column), sort_keys(sample.table, split.column)
    found = []
    for period, what in _PERIODS:
        rows = sorted(np.flatnonzero(sample.period == period).tolist(), key=keys.__getitem__)
        found.append((what, str(texts[rows[0]]), str(texts[rows[-1]]), len(rows)))
    return tuple(found)


def _values_of(texts: Texts) -> str:
    """What the outcomes are, if they are few: an outcome is nobody's identifier."""
    found = sorted({str(text) for text in texts.tolist()})
    return f"; its values are: {', '.join(found)}" if len(found) <= _FEW else ""


def _weights(spec: Spec, table: Table) -> Weights | None:
    if not spec.weight:
        return None
    weights = table.numbers(spec.weight)
    wrong = np.flatnonzero(~(weights > 0))
    if len(wrong):
        place = table.place(int(wrong[0]), spec.weight)
        raise TrainingRefused(f"{place}: a weight must be above 0")
    return weights


def _periods(spec: Spec, table: Table, labels: Labels) -> Places:
    split = spec.split
    if not split.calibrate_from:
        return np.zeros(table.rows, dtype=np.int64)
    moments = sort_keys(table, split.column)
    begin, end = (time_key(text) for text in (split.calibrate_from, split.test_from))
    if begin is None or end is None:
        raise AssertionError("the spec was checked")
    for moment in (begin, end):
        if moment[0] != moments[0][0]:
            raise TrainingRefused(
                f"{table.place(0, split.column)}: is written otherwise than `calibrate_from` and"
                " `test_from`: days, months and quarters, or numbers, all of them"
            )
    periods = np.array([(m >= begin) + (m >= end) for m in moments], dtype=np.int64)
    for period, what in _PERIODS:
        inside = labels[periods == period]
        if not MIN_OUTCOMES <= int(inside.sum()) <= len(inside) - MIN_OUTCOMES:
            raise TrainingRefused(
                f"{table.source}: column {split.column!r}: the {what} period has {len(inside):,}"
                f" rows, {int(inside.sum()):,} of them bad; {MIN_OUTCOMES} of each are needed"
            )
    return periods


def sort_keys(table: Table, column: str) -> list[TimeKey]:
    """What orders the rows by time. Refuses what the alphabet would put in a wrong order."""
    found: list[TimeKey] = []
    for row, text in enumerate(table.texts(column).tolist()):
        if text is None:
            raise TrainingRefused(f"{table.place(row, column)}: the time is missing")
        key = time_key(text)
        if key is None or (found and key[0] != found[0][0]):
            raise TrainingRefused(f"{table.place(row, column)}: is no time among times: {TIMES}")
        found.append(key)
    return found


def _check_columns(spec: Spec, table: Table) -> None:
    """What only the report reads is refused now, not after the training."""
    for attribute in spec.protected:
        (table.numbers if attribute.cuts else table.texts)(attribute.column)
    for segment in spec.segments:
        for name in segment.when.names:
            table.numbers(name)
