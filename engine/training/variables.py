"""The variables of a card: bins with weight of evidence, information value, use by the trees."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.scoring.frozen_bins import cut_points, shares
from engine.training.baselines import Binned, binned, counted, places
from engine.training.codes import Replaced, codes_told, replaced
from engine.training.encode import Labels, Places, Rows, Weights, design
from engine.training.figures import alone, mean_of, part_of, psi
from engine.training.sample import TRAIN, Sample, sort_keys
from engine.training.spec import Missing
from engine.training.train import Trained

_DIGITS = 4
_PERIODS = 6


def variables(trained: Trained) -> list[dict[str, Any]]:
    """One entry for each feature, the most used by the trees first.

    Bins and information value are of the training rows; shares and codes are of all rows.
    """
    sample = trained.sample
    train = np.flatnonzero(sample.period == TRAIN)
    rows, labels = _as_trained(sample, train), sample.labels[train]
    masses = part_of(sample.weights, train)
    scores = trained.booster.get_score(importance_type="total_gain")
    gain = {name: float(np.sum(value)) for name, value in scores.items()}
    total = sum(gain.values()) or 1.0
    found = []
    for place, feature in enumerate(sample.features):
        absent = replaced(sample, place)
        bins, value = _bins(rows[:, place], labels, masses, absent.take(train))
        missing = feature.missing
        found.append(
            {
                "feature": feature.name,
                "reads": "the bureau's summary" if sample.spec.bureau else feature.of.text,
                "family": feature.family,
                "sign": feature.sign,
                "range": [feature.low, feature.high],
                "missing": missing.value if isinstance(missing, Missing) else missing,
                "missing_share": round(float(absent.missing.mean()), _DIGITS),
                # The bureau's summary comes within its ranges.
                "outside_share": None
                if sample.spec.bureau
                else round(float(absent.outside.mean()), _DIGITS),
                "constant": _constant(sample, place, absent.take(train), train),
                "codes": codes_told(sample, place, absent),
                "auc_alone": round(alone(labels == 1, rows[:, place], masses), _DIGITS),
                "information_value": value,
                "gain_share": round(gain.get(feature.name, 0.0) / total, _DIGITS),
                "bins": bins,
            }
        )
    return sorted(found, key=lambda entry: -entry["gain_share"])


def _constant(sample: Sample, place: int, absent: Replaced, train: Places) -> bool:
    """Whether all training rows that have an amount, or a level, have the same."""
    column = sample.prepared.levels.get(place, sample.prepared.numbers[:, place])
    return len(set(column[train][absent.amounts].tolist())) <= 1


def _as_trained(sample: Sample, train: Places) -> Rows:
    """The training rows as the trees were grown on them.

    The value of a level comes from other rows: with the outcomes of its own, a category of noise
    with many levels would tell a lot about them.
    """
    weights = part_of(sample.weights, train)
    seed = sample.spec.split.seed
    return design(sample.prepared.take(train), sample.labels[train], weights, seed)[0]


def _bins(
    values: Rows, labels: Labels, masses: Weights | None, absent: Replaced
) -> tuple[list[dict[str, Any]], float]:
    """Amounts in bins, then what is missing and each code in bins of their own; and their IV."""
    amounts = absent.amounts
    cuts = binned(values[amounts], labels[amounts], part_of(masses, amounts)).cuts
    last = len(cuts) + 1
    where = np.minimum(places(values, cuts), last)
    where[absent.missing] = last
    names = [(f"up to {cut:.6g}", "amount") for cut in cuts.tolist()]
    names += [(f"above {cuts[-1]:.6g}" if len(cuts) else "all", "amount"), ("missing", "missing")]
    for number, (code, _, mask) in enumerate(absent.codes, last + 1):
        where[mask] = number
        names.append((f"code {code:g}", "code"))
    bad, good, woe = counted(where, labels, len(names), masses)
    rows = np.bincount(where, minlength=len(names))
    value = Binned(cuts, woe, bad, good).information_value
    return [
        {
            "bin": name,
            "kind": kind,
            "rows": count,
            "bad_rate": round(b / (b + g), _DIGITS),
            "woe": round(w, _DIGITS),
        }
        for (name, kind), count, b, g, w in zip(
            names, rows.tolist(), bad.tolist(), good.tolist(), woe.tolist(), strict=True
        )
        if count
    ], round(value, _DIGITS)


def stability(trained: Trained, pds: np.typing.NDArray[np.float64]) -> list[dict[str, Any]] | None:
    """Periods of equal size by time: bad rate, mean PD, PSI of the PD and of the most drifting
    features against the first period; ``None``: the spec names no time.
    """
    sample = trained.sample
    if not sample.spec.split.column:
        return None
    keys = sort_keys(sample.table, sample.spec.split.column)
    seen = trained.scored.rows
    order = sorted(range(len(seen)), key=lambda i: (keys[int(seen[i])], i))
    parts = [np.array(part, dtype=np.int64) for part in np.array_split(order, _PERIODS)]
    cuts = cut_points(pds[parts[0]].astype(np.float32))
    masses = part_of(sample.weights, seen)
    return [
        {
            "period": number,
            "from": _told(sample, int(seen[part[0]])),
            "until": _told(sample, int(seen[part[-1]])),
            "rows": len(part),
            "bad_rate": round(mean_of(sample.labels[seen], part, masses), _DIGITS),
            "mean_pd": round(mean_of(pds, part, masses), _DIGITS),
            "psi_of_pd": psi(
                shares(pds[parts[0]].astype(np.float32), cuts),
                shares(pds[part].astype(np.float32), cuts),
            ),
            "drifting": _drifting(trained, seen[parts[0]], seen[part]),
        }
        for number, part in enumerate(parts, 1)
    ]


def _told(sample: Sample, row: int) -> str:
    return str(sample.table.texts(sample.spec.split.column)[row])


def _drifting(trained: Trained, first: Any, part: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - arrays
    found: list[dict[str, Any]] = []
    for place, feature in enumerate(trained.sample.features):
        cuts = cut_points(trained.rows[first, place])
        value = psi(
            shares(trained.rows[first, place], cuts), shares(trained.rows[part, place], cuts)
        )
        found.append({"feature": feature.name, "psi": value})
    return sorted(found, key=lambda entry: -entry["psi"])[:3]
