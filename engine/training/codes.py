"""Rows whose value was replaced before the trees saw it: what is missing, and special codes.

After the replacement a code looks like an amount, so the report looks at the table again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.training.encode import MISSING_LEVEL, Places, instead_of, raw_values
from engine.training.figures import Mask, mean_of
from engine.training.sample import Sample
from engine.training.spec import FeatureSpec, Instead, Missing

_DIGITS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Replaced:
    """Rows by what was there instead of an amount: masks over the rows of the sample.

    ``outside``: amounts that were moved to an end of the range.
    """

    missing: Mask
    codes: tuple[tuple[float, Instead, Mask], ...]
    outside: Mask

    @property
    def amounts(self) -> Mask:
        """The rows with a value of their own."""
        found = ~self.missing
        for _, _, mask in self.codes:
            found = found & ~mask
        return np.asarray(found)

    def take(self, rows: Places) -> Replaced:
        """Some of the rows."""
        codes = tuple((code, instead, mask[rows]) for code, instead, mask in self.codes)
        return Replaced(self.missing[rows], codes, self.outside[rows])


def replaced(sample: Sample, place: int) -> Replaced:
    """Of the feature at this place. No row is in two of the masks."""
    feature = sample.features[place]
    none = np.zeros(len(sample.labels), dtype=np.bool_)
    if place in sample.prepared.levels:
        texts = sample.prepared.levels[place]
        missing = np.array([text == MISSING_LEVEL for text in texts.tolist()], np.bool_)
        return Replaced(missing, (), none)
    if sample.spec.bureau is not None:
        return Replaced(np.isnan(sample.prepared.numbers[:, place]), (), none)
    columns = {name: sample.table.numbers(name) for name in feature.of.names}
    raw = raw_values(feature, columns, sample.table.rows)
    codes = zip(feature.special, raw.coded, strict=True)
    return Replaced(
        raw.missing,
        tuple((code, instead, here) for (code, instead), here in codes),
        raw.outside(feature),
    )


def codes_told(sample: Sample, place: int, found: Replaced) -> list[dict[str, Any]]:
    """Each code of a feature: what it becomes, its rows, their share of all and their bad rate.

    ``bad_rate`` is ``None`` where no row has the code.
    """
    feature = sample.features[place]
    return [
        {
            "code": float(code),
            "becomes": _becomes(feature, instead),
            "rows": int(mask.sum()),
            "share": round(float(mask.mean()), _DIGITS),
            "bad_rate": _bad_rate(sample, mask),
        }
        for code, instead, mask in found.codes
    ]


def _bad_rate(sample: Sample, mask: Mask) -> float | None:
    return round(mean_of(sample.labels, mask, sample.weights), _DIGITS) if mask.any() else None


def _becomes(feature: FeatureSpec, instead: Instead) -> str:
    if instead in {Missing.WORST, Missing.BEST}:
        return f"{Missing(str(instead)).value} ({instead_of(feature, instead):g})"
    return instead.value if isinstance(instead, Missing) else f"{instead:g}"
