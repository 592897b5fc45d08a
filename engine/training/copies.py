"""Rows that stand in a table twice: a copy on both sides of a fold is a row that was seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from engine.training.sample import Sample

#: A value that more rows have is no sign of a copy: many may be alike, as those who owe nothing.
_RARE = 20
_Numbers = npt.NDArray[np.int32]
_DIGITS = 4


def copies(sample: Sample) -> dict[str, Any]:
    """Rows that are another's copy in all features and the outcome, and their share.

    Alike by chance are rows of frequent values. A row counts if most of the rows that have its
    rarest value are the same as it.
    """
    rarest = np.full(len(sample.labels), len(sample.labels))
    columns = [sample.labels.astype(np.int32)]
    for place, numbers in enumerate(sample.prepared.numbers.T):
        texts = sample.prepared.levels.get(place)
        column = _numbered(numbers if texts is None else texts.astype(str))
        rarest = np.minimum(rarest, np.bincount(column)[column])
        columns.append(column)
    same = _numbered_rows(np.column_stack(columns))
    alike = np.bincount(same)[same]
    found = (alike > 1) & (rarest <= _RARE) & (2 * alike > rarest)
    rows = int(found.sum()) - len(np.unique(same[found]))
    return {"rows": rows, "share": round(rows / len(same), _DIGITS)}


def _numbered(column: npt.NDArray[Any]) -> _Numbers:
    """The same number for the same value."""
    return np.asarray(np.unique(column, return_inverse=True)[1], dtype=np.int32)


def _numbered_rows(rows: _Numbers) -> _Numbers:
    """The same number for the same row."""
    whole = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.shape[1] * rows.itemsize)))
    return _numbered(whole.ravel())
