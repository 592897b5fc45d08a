"""How a card behaves: agreed signs, what moves it, and whether its reasons are true."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.scoring.points import probability
from engine.training.codes import replaced
from engine.training.encode import Rows
from engine.training.search import margins, matrix
from engine.training.train import Trained, scale_of

_SAMPLE, _GRID, _EVERY = 400, 9, 12
_SEED = 11
_REASONS = 4
_CASES = 2_000
_DIGITS = 4


def sample_rows(trained: Trained, count: int) -> Rows:
    """So many rows, drawn by a fixed seed."""
    chance = np.random.default_rng(_SEED)
    size = min(count, len(trained.rows))
    return trained.rows[np.sort(chance.choice(len(trained.rows), size, replace=False))]


def grids(trained: Trained) -> list[dict[str, Any]]:
    """Each feature moved over its values while the others stand still.

    ``violations``: steps in which a riskier value lowered the margin of anybody, against the sign.
    ``pd``: mean PD at each value. Features without a sign are told too. ``distinct``: how many
    values the feature has; all of them are tried if they are few, else those at even quantiles, and
    between two of them nothing was tried. ``codes``: the mean PD at what a code becomes.
    """
    rows = sample_rows(trained, _SAMPLE)
    found = []
    for place, feature in enumerate(trained.sample.features):
        known = trained.rows[:, place]
        # Codes told to the trees lie below the range, and are no amounts to move over.
        known = known[known >= feature.low]
        if not len(known):
            continue
        steps = distinct = np.unique(known)
        if len(distinct) > _EVERY:
            steps = np.unique(np.quantile(known, np.linspace(0, 1, _GRID), method="inverted_cdf"))
        curve = [_moved(trained, rows, place, float(step)) for step in steps]
        table = np.array(curve)
        wrong = int((np.diff(table, axis=0) * feature.sign < 0).sum()) if feature.sign else 0
        found.append(
            {
                "feature": feature.name,
                "sign": feature.sign,
                "distinct": len(distinct),
                "rows": len(rows),
                "values": [round(float(step), 6) for step in steps],
                "pd": [round(float(np.mean(_pds(trained, line))), _DIGITS) for line in curve],
                "checked": int(table[1:].size),
                "violations": wrong,
                "codes": _codes(trained, rows, place),
            }
        )
    return sorted(found, key=lambda entry: -(max(entry["pd"]) - min(entry["pd"])))


def _codes(trained: Trained, rows: Rows, place: int) -> list[dict[str, Any]]:
    absent = replaced(trained.sample, place)
    found = []
    for code, _, mask in absent.codes:
        if mask.any():
            value = float(trained.rows[np.flatnonzero(mask)[0], place])
            pds = _pds(trained, _moved(trained, rows, place, value))
            found.append({"code": float(code), "pd": round(float(np.mean(pds)), _DIGITS)})
    return found


def _moved(trained: Trained, rows: Rows, place: int, value: float) -> list[float]:
    moved = rows.copy()
    moved[:, place] = value
    return margins(trained.sample.shape, trained.booster, moved)


def _pds(trained: Trained, line: list[float]) -> list[float]:
    entry = trained.manifest.calibrator
    return [probability(entry.slope * margin + entry.intercept) for margin in line]


def reasons(trained: Trained) -> dict[str, Any]:
    """Families named, as serving names them: those that lost points, and hold when tried out.

    ``dropped``: said to have lost points, but the applicant would be no less risky with the values
    of the reference applicant. ``without``: of the riskier half, how many have no reason left.
    """
    rows = sample_rows(trained, _CASES)
    lost = _lost(trained, rows)
    families = list(lost)
    own = np.array(margins(trained.sample.shape, trained.booster, rows))
    typical = np.array(trained.manifest.reference.typical, dtype=np.float32)
    typical[trained.manifest.reference.missing] = np.nan
    holds = {
        family: np.array(_replaced(trained, rows, typical, family)) < own for family in families
    }
    named: Counter[str] = Counter()
    first: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    without = 0
    middle = float(np.median(own))
    for row, losses in enumerate(np.array([lost[family] for family in families]).T.tolist()):
        ranked = sorted(range(len(families)), key=lambda i: (-round(losses[i]), i))
        told = [families[i] for i in ranked if round(losses[i]) > 0]
        kept = [family for family in told if holds[family][row]]
        dropped.update(set(told) - set(kept))
        named.update(kept[:_REASONS])
        first.update(kept[:1])
        without += not kept and own[row] > middle
    return {
        "cases": len(rows),
        "without": int(without),
        "families": [
            {
                "family": family,
                "named": named[family],
                "first": first[family],
                "dropped": dropped[family],
            }
            for family in families
        ],
    }


def _replaced(
    trained: Trained, rows: Rows, typical: npt.NDArray[np.float32], family: str
) -> list[float]:
    moved = rows.copy()
    for place, feature in enumerate(trained.sample.features):
        if feature.family == family:
            moved[:, place] = typical[place]
    return margins(trained.sample.shape, trained.booster, moved)


def _lost(trained: Trained, rows: Rows) -> dict[str, list[float]]:
    """Points that each family lost against the reference, of each row."""
    shape, manifest = trained.sample.shape, trained.manifest
    shares = trained.booster.predict(matrix(shape, rows), pred_contribs=True)[:, :-1]
    reference = np.array([feature.reference for feature in manifest.features])
    points = scale_of(trained.sample.spec).factor * manifest.calibrator.slope * (shares - reference)
    families = dict.fromkeys(feature.family for feature in trained.sample.features)
    return {
        family: points[:, [i for i, f in enumerate(trained.sample.features) if f.family == family]]
        .sum(axis=1)
        .tolist()
        for family in families
    }
