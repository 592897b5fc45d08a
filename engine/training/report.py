"""The report of a training: everything that an examiner of models asks for, as plain values.

Measures are of rows that the model had not seen. Nothing in it is of one person: rates of groups,
curves and counts only.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.training.behaviour import grids, reasons
from engine.training.comparison import compared
from engine.training.copies import copies
from engine.training.doubts import doubts
from engine.training.fairness import fairness, groups_of
from engine.training.figures import (
    Mask,
    Values,
    calibration,
    discrimination,
    effective,
    mean_of,
    part_of,
)
from engine.training.findings import findings
from engine.training.points_table import points_table
from engine.training.sample import Sample
from engine.training.train import CODE_VERSION, Trained, protocol
from engine.training.validate import masses_scored
from engine.training.variables import stability, variables

REPORT_VERSION = 1
_DIGITS = 4
STANDING_LIMITS = (
    "Measured on this table alone: the declined, and how they would have paid, are not in it.",
    "There is no reject inference: what is not in the table was not guessed.",
    "The PD is that of this outcome and period: compare it with outcomes, and fit it again.",
    "Intervals are of sampling alone: they do not cover a change of the people or the economy.",
)
#: What a bank does with the card in use; docs/score_training.md has the frozen bins.
WATCHING = (
    "Score and features: PSI against the bins of the manifest, with n and p-value.",
    "A PSI below 0.1 is small, from 0.25 on it is large; of fewer than 200 decisions it is noise.",
    "Calibration: bad rate against mean PD by tenth, once outcomes of the same kind are known.",
    "The calibrator is fitted again before the trees are.",
    "Signs, reasons, fairness: this report on the bank's own decisions, at least once a year.",
    "A challenger runs in shadow on the same rows before it replaces this card.",
)


def report(
    trained: Trained,
    command: str,
    champion: Mapping[str, Any] | None = None,
    optbinning: Path | None = None,
) -> dict[str, Any]:
    """The whole report. ``champion``: that of the model in use, to be compared with.

    ``optbinning``: an interpreter that has it, for the classical scorecard.
    """
    sample, scored = trained.sample, trained.scored
    bad = sample.labels[scored.rows].astype(np.bool_)
    pds = np.array(scored.pds)
    masses = masses_scored(sample, scored)
    found = {
        "lineage": _lineage(trained, command),
        "population": _population(sample),
        "copies": copies(sample),
        "measured_on": protocol(sample),
        "discrimination": discrimination(bad, pds, masses),
        "folds": _folds(trained),
        "calibration": calibration(bad, pds, masses),
        "calibrator": {
            "slope": trained.manifest.calibrator.slope,
            "intercept": trained.manifest.calibrator.intercept,
            "fitted_on": trained.manifest.calibrator.fitted_on,
        },
        "baselines": compared(sample, optbinning),
        "champion": None if champion is None else _against(champion, trained),
        "segments": _segments(trained, bad, pds, masses),
        "stability": stability(trained, pds),
        "variables": variables(trained),
        "behaviour": grids(trained),
        "reasons": reasons(trained),
        "fairness": _fairness(trained, bad, pds, masses),
        "points": {
            "base": sample.spec.base,
            "base_odds": sample.spec.base_odds,
            "pdo": sample.spec.pdo,
            "deciles": trained.manifest.points_deciles,
            "table": points_table(trained),
        },
        "watching": list(WATCHING),
        "limits": [*sample.spec.limits, *STANDING_LIMITS],
    }
    return {
        "version": REPORT_VERSION,
        "card": sample.spec.card,
        "description": sample.spec.description,
        "findings": findings(found, doubts(sample.spec)),
        **found,
    }


def as_json(found: Mapping[str, Any]) -> str:
    """The report as JSON, the same for the same training."""
    return json.dumps(found, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _lineage(trained: Trained, command: str) -> dict[str, Any]:
    sample, manifest = trained.sample, trained.manifest
    data, target = sample.spec.data, sample.spec.target
    return {
        "data": data.name,
        "licence": data.licence,
        "file": sample.table.source,
        "data_sha256": sample.table.sha256,
        "spec_sha256": sample.spec.digest,
        "model_sha256": manifest.model_sha256,
        "rows_read": sample.read,
        "left_out": [{"why": why, "rows": rows} for why, rows in sample.left_out],
        "target": target.column,
        "bad": list(target.bad),
        "meaning": target.meaning,
        "weight": sample.spec.weight,
        "never_features": manifest.excluded,
        "configuration": dict(manifest.configuration),
        "trees": manifest.trees,
        "seed": manifest.seed,
        "versions": {**manifest.versions, "python": platform.python_version()},
        "code_version": CODE_VERSION,
        "command": command,
    }


def _population(sample: Sample) -> list[dict[str, Any]]:
    """All rows, and each period of a split by time."""
    labels, period = sample.labels, sample.period
    parts = [("all", np.ones(len(labels), dtype=np.bool_))]
    if sample.spec.split.calibrate_from:
        names = ("training", "calibration", "test")
        parts += [(name, period == number) for number, name in enumerate(names)]
    return [
        {
            "part": name,
            "rows": int(mask.sum()),
            "bad_rate": _mean(labels, mask, sample.weights),
            "effective_rows": round(effective(part_of(sample.weights, mask), int(mask.sum())), 1),
        }
        for name, mask in parts
    ]


def _folds(trained: Trained) -> list[dict[str, float]]:
    measured = trained.manifest.cross_validation
    return [
        {"auc": auc, "ks": ks, "brier": brier}
        for auc, ks, brier in zip(measured.auc, measured.ks, measured.brier, strict=True)
    ]


def _mean(values: npt.NDArray[Any], mask: Mask, masses: Values | None) -> float:
    return round(mean_of(values, mask, masses), _DIGITS)


def _segments(
    trained: Trained, bad: Mask, pds: Values, masses: Values | None
) -> list[dict[str, Any]]:
    sample, seen = trained.sample, trained.scored.rows
    found = []
    for segment in sample.spec.segments:
        columns = {name: sample.table.numbers(name) for name in segment.when.names}
        mask = (np.broadcast_to(segment.when.of(columns), sample.table.rows) > 0)[seen]
        rows = int(mask.sum())
        found.append(
            {
                "segment": segment.name,
                "when": segment.when.text,
                "rows": rows,
                "bad_rate": _mean(bad, mask, masses) if rows else None,
                "mean_pd": _mean(pds, mask, masses) if rows else None,
                "measured": discrimination(bad[mask], pds[mask], part_of(masses, mask))
                if rows
                else None,
            }
        )
    return found


def _fairness(
    trained: Trained, bad: Mask, pds: Values, masses: Values | None
) -> list[dict[str, Any]]:
    seen = trained.scored.rows
    return [
        fairness(attribute, groups_of(attribute, trained.sample.table)[seen], bad, pds, masses)
        for attribute in trained.sample.spec.protected
    ]


def _against(champion: Mapping[str, Any], trained: Trained) -> dict[str, Any]:
    """Measures of the model in use beside those of the new one, as each was measured."""
    theirs, ours = champion["discrimination"], trained.manifest.cross_validation
    same = champion["lineage"]["data_sha256"] == trained.sample.table.sha256
    return {
        "model_sha256": champion["lineage"]["model_sha256"],
        "same_data": same and champion["measured_on"] == protocol(trained.sample),
        "champion": {key: theirs[key]["value"] for key in ("auc", "ks", "brier")},
        "champion_folds": champion["folds"],
        "challenger_mean": {"auc": ours.auc_mean, "ks": ours.ks_mean, "brier": ours.brier_mean},
    }
