"""``train(spec, table)``: the model's bytes, its manifest, and what a report needs.

One thread, fixed seeds, pinned versions: the same spec and the same data give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from math import fsum
from pathlib import Path

import numpy as np
import numpy.typing as npt
import sklearn
import xgboost as xgb

from engine.scoring.calibrate import NotCalibrated, platt
from engine.scoring.frozen_bins import score_bins
from engine.scoring.manifest import (
    MANIFEST,
    MODEL,
    CalibratorEntry,
    CrossValidation,
    DataEntry,
    FeatureEntry,
    Manifest,
    Probe,
    ReferenceEntry,
    ScaleEntry,
    encode,
)
from engine.scoring.points import Calibrator, Scale, probability
from engine.training.bins import feature_bins
from engine.training.encode import OTHER_LEVEL, Levels, Rows, design, encoded, least
from engine.training.figures import alone, part_of
from engine.training.sample import CALIBRATE, TEST, TRAIN, Sample, sample_of
from engine.training.search import Fit, candidates, fit, margins, matrix
from engine.training.spec import Spec
from engine.training.table import Table, TrainingRefused
from engine.training.validate import Scored, masses_of, masses_scored, measure, out_of_fold

#: Goes up with every change that alters what training makes of the same data.
CODE_VERSION = 6
SPEC = "spec.yaml"
_PROBES = 8
_HALF = 0.5
#: A feature that ranks so well by itself was written down when the outcome was known.
_TELLS = 0.995

Told = Callable[[int, int], None]
"""Called with the fits that are done and their number."""


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A card. ``scored``: rows it had not seen; ``rows``: of the whole sample, as it sees them."""

    sample: Sample
    manifest: Manifest
    model: bytes
    booster: xgb.Booster
    levels: dict[int, Levels]
    rows: Rows
    scored: Scored

    def files(self, spec_file: Path | None = None) -> dict[str, bytes]:
        """``model.ubj``, ``manifest.json``, and the spec if its file is given."""
        found = {MODEL: self.model, MANIFEST: encode(self.manifest)}
        return found if spec_file is None else {**found, SPEC: spec_file.read_bytes()}

    def write(self, directory: Path, spec_file: Path | None = None) -> None:
        """Write the model directory."""
        directory.mkdir(parents=True, exist_ok=True)
        for name, content in self.files(spec_file).items():
            (directory / name).write_bytes(content)


def train(spec: Spec, table: Table, told: Told = lambda _done, _all: None) -> Trained:
    """Train, calibrate and measure. Raises ``TrainingRefused`` if spec and table do not fit."""
    return train_sample(sample_of(spec, table), told)


def train_sample(sample: Sample, told: Told = lambda _done, _all: None) -> Trained:
    """As ``train``, of rows that are ready."""
    fits = len(candidates(sample.spec.tuning)) * (1 + _models_beside(sample))
    done = iter(range(1, fits + 1))
    try:
        return _train(sample, lambda: told(next(done), fits))
    except NotCalibrated as error:
        raise TrainingRefused(f"{sample.table.source}: {_why(sample, error)}") from None
    except ValueError as error:
        raise TrainingRefused(f"{sample.table.source}: {error}") from None


def _why(sample: Sample, error: NotCalibrated) -> str:
    """What is wrong with the table where no calibrator fits, and what to do."""
    known = _telling(sample)
    if known:
        several = len(known) > 1
        return (
            f"{', '.join(known)} tell{'' if several else 's'} good from bad almost without fail"
            f" (AUC alone {_TELLS:g} or more): leave {'them' if several else 'it'} out if"
            f" {'they were' if several else 'it was'} not known before the outcome ({error})"
        )
    bad, rows = int(sample.labels.sum()), len(sample.labels)
    return (
        f"the trees found nothing that tells good from bad in rows that they had not seen: {bad:,}"
        f" bad rows of {rows:,}; give other features or more bad rows (a longer period, a wider"
        f" meaning of bad), and look at the signs ({error})"
    )


def _telling(sample: Sample) -> list[str]:
    """Features that almost are the outcome."""
    rows, _ = design(sample.prepared, sample.labels, sample.weights, sample.spec.split.seed)
    bad = sample.labels == 1
    return [
        feature.name
        for feature, values in zip(sample.features, rows.T, strict=True)
        if alone(bad, values) >= _TELLS
    ]


def _models_beside(sample: Sample) -> int:
    return 0 if sample.spec.split.calibrate_from else sample.spec.split.folds


def _train(sample: Sample, progress: Callable[[], None]) -> Trained:
    by_time = bool(sample.spec.split.calibrate_from)
    scored = None if by_time else out_of_fold(sample, progress)
    places = np.flatnonzero(sample.period == TRAIN)
    labels = sample.labels[places]
    weights = part_of(sample.weights, places)
    seed = sample.spec.split.seed
    crossed, levels = design(sample.prepared.take(places), labels, weights, seed)
    fitted = fit(sample.shape, crossed, labels, weights, progress)
    if not fitted.splits:
        raise NotCalibrated("no tree has a split")
    rows = encoded(sample.prepared, levels)
    own = margins(sample.shape, fitted.booster, rows)
    if scored is None:
        calibrator, scored = _later(sample, own)
    else:
        calibrator = platt(scored.margins, labels.tolist(), masses_of(sample))
    model = bytes(fitted.booster.save_raw("ubj"))
    manifest = _manifest(sample, fitted, _Found(rows, own, levels, calibrator, scored), model)
    return Trained(sample, manifest, model, fitted.booster, levels, rows, scored)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    rows: Rows
    own: list[float]
    levels: dict[int, Levels]
    calibrator: Calibrator
    scored: Scored


def _later(sample: Sample, own: Sequence[float]) -> tuple[Calibrator, Scored]:
    """Calibrated on the second period, measured on the third."""
    hold_out = np.flatnonzero(sample.period == CALIBRATE).tolist()
    test = np.flatnonzero(sample.period == TEST)
    bad = sample.labels.tolist()
    masses = masses_of(sample)
    calibrator = platt(
        [own[i] for i in hold_out],
        [bad[i] for i in hold_out],
        None if masses is None else [masses[i] for i in hold_out],
    )
    found = tuple(own[i] for i in test.tolist())
    pds = tuple(probability(calibrator.log_odds(margin)) for margin in found)
    return calibrator, Scored(test, found, (0,) * len(found), pds)


def protocol(sample: Sample) -> str:
    """How the measures were made, in words."""
    split, tuning = sample.spec.split, sample.spec.tuning
    weighted = f"; every row counts by its {sample.spec.weight}" if sample.spec.weight else ""
    times = "" if tuning.hold_outs == 1 else f", {tuning.hold_outs} of them"
    search = (
        f"{len(candidates(tuning))} fixed configurations, early stopping on an inner 25 % hold-out"
        f"{times}, refit"
    )
    if split.calibrate_from:
        return (
            f"trained before {split.calibrate_from}, {search}; calibrated on the rows from then on;"
            f" measured on the rows from {split.test_from} on{weighted}"
        )
    return (
        f"{split.folds}-fold stratified, shuffled, seed {split.seed}; per fold {search}; calibrated"
        f" on the out-of-fold margins of the other folds{weighted}"
    )


def _manifest(sample: Sample, fitted: Fit, found: _Found, model: bytes) -> Manifest:
    spec = sample.spec
    train_rows = np.flatnonzero(sample.period == TRAIN)
    best = _lowest_quarter([found.own[i] for i in train_rows.tolist()])
    folds = not spec.split.calibrate_from
    return Manifest(
        scorecard=spec.card,
        model_sha256=sha256(model).hexdigest(),
        code_version=CODE_VERSION,
        xgboost_version=xgb.__version__,
        trees=fitted.rounds * spec.tuning.bags,
        configuration={**asdict(fitted.configuration), "eta": spec.tuning.eta},
        features=_features(sample, fitted.booster, found.rows[train_rows[best]]),
        excluded=[*(p.column for p in spec.protected), *spec.excluded],
        calibrator=CalibratorEntry(
            found.calibrator.slope,
            found.calibrator.intercept,
            "out-of-fold margins of the cross-validation"
            if folds
            else f"rows from {spec.split.calibrate_from} until before {spec.split.test_from}",
        ),
        scale=_scale(spec),
        data=_data(sample),
        reference=_reference(found.rows[train_rows[best]]),
        points_deciles=_deciles(spec, found),
        cross_validation=_measured(sample, found.scored),
        probes=_probes(found.rows, found.own),
        spec_sha256=spec.digest,
        versions=_versions(),
        seed=spec.split.seed,
        bins=feature_bins(sample, train_rows),
        levels={
            sample.features[place].name: {**levels.of, OTHER_LEVEL: levels.other}
            for place, levels in found.levels.items()
        },
        score_bins=score_bins(found.scored.margins, found.calibrator, scale_of(spec)),
    )


def _measured(sample: Sample, scored: Scored) -> CrossValidation:
    masses = masses_scored(sample, scored)
    bad = sample.labels[scored.rows].tolist()
    return measure(scored, bad, protocol(sample), None if masses is None else masses.tolist())


def _versions() -> dict[str, str]:
    return {
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
        "xgboost": xgb.__version__,
    }


def scale_of(spec: Spec) -> Scale:
    """The scale of points that the spec asks for."""
    return Scale(base=spec.base, base_odds=spec.base_odds, pdo=spec.pdo)


def _scale(spec: Spec) -> ScaleEntry:
    scale = scale_of(spec)
    return ScaleEntry(
        base=scale.base,
        base_odds=scale.base_odds,
        pdo=scale.pdo,
        factor=round(scale.factor, 6),
        offset=round(scale.offset, 6),
    )


def _data(sample: Sample) -> DataEntry:
    return DataEntry(
        name=sample.spec.data.name,
        licence=sample.spec.data.licence,
        sha256=sample.table.sha256,
        rows=len(sample.labels),
        bad_rate=round(sum(sample.labels.tolist()) / len(sample.labels), 4),
    )


def _lowest_quarter(values: list[float]) -> npt.NDArray[np.int64]:
    """Indices of the least quarter of the values, in file order."""
    ranked = sorted(range(len(values)), key=lambda i: (values[i], i))
    return np.array(sorted(ranked[: len(values) // 4]), dtype=np.int64)


def _features(sample: Sample, booster: xgb.Booster, rows: Rows) -> list[FeatureEntry]:
    shares = booster.predict(matrix(sample.shape, rows), pred_contribs=True)[:, :-1]
    means = [fsum(column) / len(rows) for column in shares.astype(np.float64).T.tolist()]
    return [
        FeatureEntry(f.name, f.family, f.sign, least(f), f.high, round(mean, 6))
        for f, mean in zip(sample.features, means, strict=True)
    ]


def _reference(rows: Rows) -> ReferenceEntry:
    """The population that reasons compare with, and its medians, which are values that occur."""
    missing = np.isnan(rows).mean(axis=0) > _HALF
    typical = [
        0.0 if gone else float(np.nanquantile(column, _HALF, method="inverted_cdf"))
        for column, gone in zip(rows.T, missing.tolist(), strict=True)
    ]
    return ReferenceEntry(
        "the quarter of the training rows with the least PD",
        len(rows),
        typical,
        np.flatnonzero(missing).tolist(),
    )


def _deciles(spec: Spec, found: _Found) -> list[int]:
    """Points at the nine cuts between tenths, of people the model had not seen."""
    scale = scale_of(spec)
    points = sorted(
        round(scale.offset - scale.factor * found.calibrator.log_odds(m))
        for m in found.scored.margins
    )
    return [points[len(points) * i // 10] for i in range(1, 10)]


def _probes(rows: Rows, own: Sequence[float]) -> list[Probe]:
    """Rows spread over the file."""
    step = len(own) // _PROBES
    places = range(0, step * _PROBES, step)
    return [
        Probe(
            [0.0 if np.isnan(v) else float(v) for v in rows[i]],
            own[i],
            np.flatnonzero(np.isnan(rows[i])).tolist(),
        )
        for i in places
    ]
