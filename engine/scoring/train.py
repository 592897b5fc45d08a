"""Train the shipped scorecard: ``python -m engine.scoring.train``.

Writes ``model.ubj`` and ``manifest.json``. One thread, fixed seeds, pinned versions: the same data
gives the same bytes. ``--cv`` measures and writes nothing; ``--verify`` trains again and compares
with what is there.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import xgboost as xgb

from engine.scoring import taiwan
from engine.scoring.calibrate import platt
from engine.scoring.features import FEATURES, ScoreUnavailable, vector
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
from engine.scoring.points import Calibrator, Scale
from engine.scoring.search import ETA, Fit, Labels, Rows, fit, margins, matrix
from engine.scoring.validate import OutOfFold, calibration, measure, out_of_fold

#: Raise with every change that alters what training makes of the same data.
CODE_VERSION = 2
SCORECARD = "card_bureau"

_ROOT = Path(__file__).resolve().parents[2]
_DATA = _ROOT / "data" / "taiwan_credit_card.csv.gz"
_OUT = _ROOT / "rulesets" / "credit_card" / "scorecards" / SCORECARD
_LICENCE = "CC BY 4.0, I-Cheng Yeh and Che-hui Lien 2009, https://doi.org/10.24432/C55S3H"
_PROBES = 8


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows and labels as read, and the digest of the file they came from."""

    rows: Rows
    labels: Labels
    sha256: str


def read_sample(path: Path, limit: int | None = None) -> Sample:
    """The first ``limit`` rows (all by default) through the feature code that serves."""
    table = taiwan.read_rows(path)[:limit]
    rows = [vector(taiwan.bureau_of(row)) for row in table]
    known = [row for row in rows if not isinstance(row, ScoreUnavailable)]
    if len(known) != len(rows):
        raise ValueError(f"{path}: {len(rows) - len(known)} rows cannot be scored")
    return Sample(
        rows=np.array(known, dtype=np.float32),
        labels=np.array([taiwan.defaulted(row) for row in table], dtype=np.int8),
        sha256=sha256(path.read_bytes()).hexdigest(),
    )


def train(sample: Sample) -> tuple[bytes, Manifest]:
    """The model's bytes and its manifest. Raises ``ValueError`` if it orders people wrongly."""
    scored = out_of_fold(sample.rows, sample.labels)
    fitted = fit(sample.rows, sample.labels)
    model = bytes(fitted.booster.save_raw("ubj"))
    return model, _manifest(sample, scored, fitted, model)


def _manifest(sample: Sample, scored: OutOfFold, fitted: Fit, model: bytes) -> Manifest:
    calibrator = platt(scored.margins, sample.labels.tolist())
    own = margins(fitted.booster, sample.rows)
    best = _lowest_quarter(own)
    return Manifest(
        scorecard=SCORECARD,
        model_sha256=sha256(model).hexdigest(),
        code_version=CODE_VERSION,
        xgboost_version=xgb.__version__,
        trees=fitted.trees,
        configuration={**asdict(fitted.configuration), "eta": ETA},
        features=_features(_mean_contributions(fitted.booster, sample.rows[best])),
        excluded=list(taiwan.EXCLUDED),
        calibrator=CalibratorEntry(
            calibrator.slope, calibrator.intercept, "out-of-fold margins of the cross-validation"
        ),
        scale=_scale(),
        data=_data(sample),
        reference=ReferenceEntry("the quarter of the training rows with the least PD", len(best)),
        points_deciles=_deciles(scored, calibrator),
        cross_validation=measure(scored, sample.labels),
        probes=_probes(sample, own),
    )


def _data(sample: Sample) -> DataEntry:
    return DataEntry(
        name="Default of Credit Card Clients (UCI 350)",
        licence=_LICENCE,
        sha256=sample.sha256,
        rows=len(sample.labels),
        bad_rate=round(sum(sample.labels.tolist()) / len(sample.labels), 4),
    )


def _scale() -> ScaleEntry:
    scale = Scale()
    return ScaleEntry(
        base=scale.base,
        base_odds=scale.base_odds,
        pdo=scale.pdo,
        factor=round(scale.factor, 6),
        offset=round(scale.offset, 6),
    )


def _lowest_quarter(values: list[float]) -> list[int]:
    """Indices of the least quarter of the values, in file order."""
    ranked = sorted(range(len(values)), key=lambda i: (values[i], i))
    return sorted(ranked[: len(values) // 4])


def _mean_contributions(booster: xgb.Booster, rows: Rows) -> list[float]:
    contributions = booster.predict(matrix(rows), pred_contribs=True)[:, :-1]
    return [round(float(mean), 6) for mean in contributions.mean(axis=0, dtype=np.float64)]


def _features(reference: list[float]) -> list[FeatureEntry]:
    return [
        FeatureEntry(f.name, f.family.value, f.sign, f.low, f.high, mean)
        for f, mean in zip(FEATURES, reference, strict=True)
    ]


def _deciles(scored: OutOfFold, calibrator: Calibrator) -> list[int]:
    """Points at the nine cuts between tenths, of people the model had not seen."""
    scale = Scale()
    points = sorted(
        round(scale.offset - scale.factor * calibrator.log_odds(m)) for m in scored.margins
    )
    return [points[len(points) * i // 10] for i in range(1, 10)]


def _probes(sample: Sample, own: list[float]) -> list[Probe]:
    """Rows spread over the file."""
    step = len(own) // _PROBES
    return [
        Probe([float(v) for v in sample.rows[i]], own[i]) for i in range(0, step * _PROBES, step)
    ]


def print_measures(measures: CrossValidation) -> None:
    """Print one line for each fold, then mean and standard deviation."""
    print("fold    AUC     KS  Brier")
    for i, row in enumerate(zip(measures.auc, measures.ks, measures.brier, strict=True), 1):
        print(f"{i:4} " + " ".join(f"{value:6.4f}" for value in row))
    print(f"mean {measures.auc_mean:6.4f} {measures.ks_mean:6.4f} {measures.brier_mean:6.4f}")
    print(f"  sd {measures.auc_sd:6.4f} {measures.ks_sd:6.4f} {measures.brier_sd:6.4f}")


def _cross_validate(sample: Sample) -> int:
    scored = out_of_fold(sample.rows, sample.labels)
    print_measures(measure(scored, sample.labels))
    print("\ntenth  mean PD  bad rate")
    for i, (pd, bad) in enumerate(calibration(scored, sample.labels), 1):
        print(f"{i:5}   {pd:6.4f}    {bad:6.4f}")
    return 0


def _verify(directory: Path, model: bytes, manifest: Manifest) -> int:
    same = True
    for name, fresh in ((MODEL, model), (MANIFEST, encode(manifest))):
        old = sha256((directory / name).read_bytes()).hexdigest()
        new = sha256(fresh).hexdigest()
        same = same and old == new
        print(f"{name}: {'same' if old == new else 'DIFFERENT'}  {old}  {new}")
    return 0 if same else 1


def _write(directory: Path, model: bytes, manifest: Manifest) -> int:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / MODEL).write_bytes(model)
    (directory / MANIFEST).write_bytes(encode(manifest))
    print_measures(manifest.cross_validation)
    print(f"{directory / MODEL}: {manifest.trees} trees, sha256 {manifest.model_sha256}")
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Entry point; the exit code is 1 if ``--verify`` found a difference."""
    parser = argparse.ArgumentParser(prog="python -m engine.scoring.train", description=__doc__)
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--cv", action="store_true", help="measure only, write nothing")
    mode.add_argument("--verify", action="store_true", help="train again and compare the bytes")
    parser.add_argument("--data", type=Path, default=_DATA, help="gzipped CSV of the data set")
    parser.add_argument("--out", type=Path, default=_OUT, help="directory of the artefact")
    parser.add_argument("--rows", type=int, help="use only the first rows (default: all)")
    options = parser.parse_args(arguments)
    os.environ["OMP_NUM_THREADS"] = "1"
    sample = read_sample(options.data, options.rows)
    if options.cv:
        return _cross_validate(sample)
    model, manifest = train(sample)
    finish = _verify if options.verify else _write
    return finish(options.out, model, manifest)


if __name__ == "__main__":
    sys.exit(main())
