"""Rows, outcomes and what was left out: a table as a spec sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.scoring.features import FEATURES
from engine.training.bureau_rows import bureau_rows
from engine.training.encode import (
    Labels,
    Places,
    Prepared,
    Weights,
    prepare,
    refuse_faults,
)
from engine.training.formula import parse
from engine.training.search import Shape
from engine.training.spec import FeatureSpec, Instead, Kind, Missing, Spec
from engine.training.table import Table, Texts, TrainingRefused

MIN_ROWS = 100
#: Bad and good outcomes that a card needs at least of each.
MIN_OUTCOMES = 25
TRAIN, CALIBRATE, TEST = 0, 1, 2
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
    for exclusion in spec.exclusions:
        columns = {name: table.numbers(name) for name in exclusion.when.names}
        hit = keep & (np.broadcast_to(exclusion.when.of(columns), table.rows) > 0)
        counts.append((exclusion.why, int(hit.sum())))
        keep &= ~hit
    if keep.all():
        return table, tuple(counts)
    return table.take(np.flatnonzero(keep)), tuple(counts)


def _labels(spec: Spec, table: Table) -> Labels:
    texts = table.texts(spec.target.column)
    missing = [row for row, text in enumerate(texts.tolist()) if text is None]
    if missing:
        place = table.place(missing[0], spec.target.column)
        raise TrainingRefused(
            f"{place}: the outcome is missing, in {len(missing):,} rows; exclude them"
        )
    bad = set(spec.target.bad)
    if set(texts.tolist()) <= set(_TRUTHS.values()):
        bad = {_TRUTHS.get(text.lower(), text) for text in bad}
    labels = np.array([text in bad for text in texts.tolist()], dtype=np.int8)
    count = int(labels.sum())
    if len(labels) < MIN_ROWS or not MIN_OUTCOMES <= count <= len(labels) - MIN_OUTCOMES:
        raise TrainingRefused(
            f"{table.source}: column {spec.target.column!r}: {count:,} of {len(labels):,} rows are"
            f" bad; a card needs {MIN_ROWS} rows, and {MIN_OUTCOMES} of each{_values_of(texts)}"
        )
    return labels


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
    moments = sort_keys(table, split.column, (split.calibrate_from, split.test_from))
    begin, end = moments[-2:]
    periods = np.array([(m >= begin) + (m >= end) for m in moments[:-2]], dtype=np.int64)
    for period, what in ((TRAIN, "training"), (CALIBRATE, "calibration"), (TEST, "test")):
        inside = labels[periods == period]
        if not MIN_OUTCOMES <= int(inside.sum()) <= len(inside) - MIN_OUTCOMES:
            raise TrainingRefused(
                f"{table.source}: column {split.column!r}: the {what} period has {len(inside):,}"
                f" rows, {int(inside.sum()):,} of them bad; {MIN_OUTCOMES} of each are needed"
            )
    return periods


def sort_keys(table: Table, column: str, others: Sequence[str] = ()) -> list[tuple[float, str]]:
    """What orders the rows by time, and the ``others`` behind them; numbers before texts."""
    texts: Texts = table.texts(column)
    found = []
    for row, text in enumerate([*texts.tolist(), *others]):
        if text is None:
            raise TrainingRefused(f"{table.place(row, column)}: the time is missing")
        try:
            found.append((float(text), ""))
        except ValueError:
            found.append((float("inf"), text))
    return found


def _check_columns(spec: Spec, table: Table) -> None:
    """Columns that only the report reads are missed now, not after the training."""
    names = [attribute.column for attribute in spec.protected]
    names += [name for segment in spec.segments for name in segment.when.names]
    names += [spec.split.column] if spec.split.column else []
    for name in names:
        if name not in table.columns:
            raise TrainingRefused(f"{table.source}: has no column {name!r}")
