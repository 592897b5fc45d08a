"""Train the fraud scorecard from generated streams (``make train``).

    python -m engine.scoring.fraud_train                     writes card_fraud
    python -m engine.scoring.fraud_train --verify            trains again and compares the bytes

The data is synthetic, made by ``engine.generate`` from the seeds below: a bank trains its own card
on its own decisions before it relies on one. Every row holds what was known at its decision. The
outcome is what the bank knows when a stream ends, of applications at least ninety days old.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from math import fsum
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean, pstdev

import numpy as np
import numpy.typing as npt
import xgboost as xgb
from sklearn.metrics import brier_score_loss, roc_auc_score, roc_curve

from engine.generate import GENERATOR_VERSION, Settings
from engine.generate.truth import DAY_US
from engine.scoring.calibrate import platt
from engine.scoring.fraud_data import FraudSample, fraud_sample
from engine.scoring.fraud_features import FRAUD_COLUMNS, NOBODY_LINKED
from engine.scoring.fraud_fit import CONFIGURATION, TREES, fit, margins
from engine.scoring.fraud_model_card import model_card
from engine.scoring.frozen_bins import bins_of, score_bins
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

#: Goes up with every change that alters what training makes of the same streams.
CODE_VERSION = 2
SCORECARD = "card_fraud"
SEEDS = (101, 102, 103)
APPLICANTS = 40_000
RIPE_DAYS = 90
_OUT = Path(__file__).resolve().parents[2] / "rulesets" / "credit_card" / "scorecards" / SCORECARD
_PROBES = 8
_DIGITS = 4


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """The ripe applications of one stream, with what the bank knows of them when it ends."""

    rows: npt.NDArray[np.float32]
    labels: npt.NDArray[np.bool_]


def world(settings: Settings) -> World:
    """Replay a stream; keep what is old enough for most labels to be known."""
    sample: FraudSample = fraud_sample(settings)
    end_us = settings.begin_us + settings.days * DAY_US
    ripe = sample.at_us < end_us - RIPE_DAYS * DAY_US
    return World(sample.rows[ripe], sample.known(end_us)[ripe])


def worlds(seeds: Sequence[int], applicants: int, rings: int | None = None) -> list[World]:
    """One for each seed, side by side on the cores there are."""
    wanted = [Settings(seed=seed, applicants=applicants, rings=rings) for seed in seeds]
    workers = min(os.cpu_count() or 1, len(wanted))
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(world, wanted))


def train(found: Sequence[World], seeds: Sequence[int]) -> tuple[bytes, Manifest]:
    """The model's bytes and its manifest. ``ValueError`` if it would order people wrongly."""
    rows = np.concatenate([each.rows for each in found])
    labels = np.concatenate([each.labels for each in found])
    booster = fit(rows, labels)
    model = bytes(booster.save_raw("ubj"))
    left_out = [margins(_without(found, number), each.rows) for number, each in enumerate(found)]
    calibrator = platt([m for each in left_out for m in each], labels.astype(int).tolist())
    own = margins(booster, rows)
    alone = np.flatnonzero(rows[:, _column("graph.circle.applicants")] == 0)
    scale = Scale()
    return model, Manifest(
        scorecard=SCORECARD,
        model_sha256=sha256(model).hexdigest(),
        code_version=CODE_VERSION,
        xgboost_version=xgb.__version__,
        trees=TREES,
        configuration=CONFIGURATION,
        features=_features(booster, rows[alone]),
        excluded=["sex", "marital status", "age", "education", "nationality", "income"],
        calibrator=CalibratorEntry(
            calibrator.slope, calibrator.intercept, "margins of each stream by the other streams"
        ),
        scale=ScaleEntry(
            base=scale.base,
            base_odds=scale.base_odds,
            pdo=scale.pdo,
            factor=round(scale.factor, 6),
            offset=round(scale.offset, 6),
        ),
        data=_data(rows, labels, seeds),
        reference=ReferenceEntry(
            "applications to which nobody is linked", len(alone), typical=list(NOBODY_LINKED)
        ),
        points_deciles=_deciles(left_out, calibrator),
        cross_validation=_measured(left_out, found, calibrator),
        probes=_probes(rows, own),
        bins=[bins_of(c.name, rows[:, i]) for i, c in enumerate(FRAUD_COLUMNS)],
        score_bins=score_bins([m for each in left_out for m in each], calibrator, scale),
    )


def _without(found: Sequence[World], number: int) -> xgb.Booster:
    others = [each for place, each in enumerate(found) if place != number] or list(found)
    return fit(
        np.concatenate([each.rows for each in others]),
        np.concatenate([each.labels for each in others]),
    )


def _column(name: str) -> int:
    return [column.name for column in FRAUD_COLUMNS].index(name)


def _features(booster: xgb.Booster, alone: npt.NDArray[np.float32]) -> list[FeatureEntry]:
    data = xgb.DMatrix(alone, feature_names=booster.feature_names, nthread=1)
    shares = booster.predict(data, pred_contribs=True)[:, :-1].astype(np.float64)
    means = [round(fsum(column) / len(alone), 6) for column in shares.T.tolist()]
    return [
        FeatureEntry(c.name, c.family.value, c.sign, c.low, c.high, mean)
        for c, mean in zip(FRAUD_COLUMNS, means, strict=True)
    ]


def _data(
    rows: npt.NDArray[np.float32], labels: npt.NDArray[np.bool_], seeds: Sequence[int]
) -> DataEntry:
    named = ", ".join(map(str, seeds))
    return DataEntry(
        name=f"synthetic: engine.generate version {GENERATOR_VERSION}, seeds {named}",
        licence="Apache-2.0, as the generator; no person in it exists",
        sha256=sha256(rows.tobytes() + labels.tobytes()).hexdigest(),
        rows=len(labels),
        bad_rate=round(int(labels.sum()) / len(labels), _DIGITS),
    )


def _points(margin: float, calibrator: Calibrator) -> int:
    scale = Scale()
    return round(scale.offset - scale.factor * calibrator.log_odds(margin))


def _deciles(left_out: Sequence[Sequence[float]], calibrator: Calibrator) -> list[int]:
    points = sorted(_points(margin, calibrator) for each in left_out for margin in each)
    return [points[len(points) * i // 10] for i in range(1, 10)]


def _measured(
    left_out: Sequence[Sequence[float]], found: Sequence[World], calibrator: Calibrator
) -> CrossValidation:
    auc, ks, brier = [], [], []
    for scored, each in zip(left_out, found, strict=True):
        pds = np.array([probability(calibrator.log_odds(margin)) for margin in scored])
        false_alarms, hits, _ = roc_curve(each.labels, pds)
        auc.append(round(float(roc_auc_score(each.labels, pds)), _DIGITS))
        ks.append(round(float(np.max(hits - false_alarms)), _DIGITS))
        brier.append(round(float(brier_score_loss(each.labels, pds)), _DIGITS))
    return CrossValidation(
        protocol="each stream scored by a card trained on the others",
        auc=auc,
        ks=ks,
        brier=brier,
        auc_mean=round(fmean(auc), _DIGITS),
        auc_sd=round(pstdev(auc), _DIGITS),
        ks_mean=round(fmean(ks), _DIGITS),
        ks_sd=round(pstdev(ks), _DIGITS),
        brier_mean=round(fmean(brier), _DIGITS),
        brier_sd=round(pstdev(brier), _DIGITS),
    )


def _probes(rows: npt.NDArray[np.float32], own: Sequence[float]) -> list[Probe]:
    """Rows spread over the margins, the riskiest among them."""
    ranked = sorted(range(len(own)), key=lambda i: (own[i], i))
    places = [ranked[(len(ranked) - 1) * i // (_PROBES - 1)] for i in range(_PROBES)]
    return [Probe([float(value) for value in rows[i]], own[i]) for i in places]


def main(arguments: list[str] | None = None) -> int:
    """Entry point; the exit code is 1 if ``--verify`` found a difference."""
    parser = argparse.ArgumentParser(prog="python -m engine.scoring.fraud_train")
    parser.add_argument("--verify", action="store_true", help="train again and compare the bytes")
    parser.add_argument("--out", type=Path, default=_OUT, help="directory of the artefact")
    parser.add_argument("--applicants", type=int, default=APPLICANTS, help="of each stream")
    parser.add_argument("--rings", type=int, help="of each stream; 60 for each 40,000 applicants")
    parser.add_argument("--model-card", type=Path, help="file of the short form for examiners")
    options = parser.parse_args(arguments)
    os.environ["OMP_NUM_THREADS"] = "1"
    model, manifest = train(worlds(SEEDS, options.applicants, options.rings), SEEDS)
    if options.verify:
        return _verify(options.out, model, manifest)
    if options.model_card is not None:
        options.model_card.parent.mkdir(parents=True, exist_ok=True)
        options.model_card.write_text(model_card(manifest), encoding="utf-8")
    return _write(options.out, model, manifest)


def _write(directory: Path, model: bytes, manifest: Manifest) -> int:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / MODEL).write_bytes(model)
    (directory / MANIFEST).write_bytes(encode(manifest))
    measured = manifest.cross_validation
    print(
        f"AUC {measured.auc_mean:.4f}  KS {measured.ks_mean:.4f}  Brier {measured.brier_mean:.4f}"
    )
    print(f"{directory / MODEL}: {manifest.trees} trees, sha256 {manifest.model_sha256}")
    return 0


def _verify(directory: Path, model: bytes, manifest: Manifest) -> int:
    same = True
    for name, fresh in ((MODEL, model), (MANIFEST, encode(manifest))):
        old = sha256((directory / name).read_bytes()).hexdigest()
        new = sha256(fresh).hexdigest()
        same = same and old == new
        print(f"{name}: {'same' if old == new else 'DIFFERENT'}  {old}  {new}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
