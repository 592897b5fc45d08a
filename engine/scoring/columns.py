"""What every kind of scorecard knows of its columns, and a row that is checked against them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import isfinite
from typing import Protocol

import numpy as np
import numpy.typing as npt

Row = npt.NDArray[np.float32]


class Column(Protocol):
    """A column: its name, reason family, range, and the sign of its effect on risk.

    ``sign`` +1: a higher value never lowers the risk; -1: never raises it; 0: not constrained.
    """

    @property
    def name(self) -> str:
        """Unique in a card."""
        ...

    @property
    def family(self) -> str:
        """The family that reasons name."""
        ...

    @property
    def sign(self) -> int:
        """+1, -1 or 0."""
        ...

    @property
    def low(self) -> float:
        """Least value; lower ones are clipped to it."""
        ...

    @property
    def high(self) -> float:
        """Greatest value; higher ones are clipped to it."""
        ...


def row_of(
    values: Sequence[float], columns: Sequence[Column], missing: Collection[int] = ()
) -> Row:
    """One row in front of a model: width and range checked, float32, shape (1, columns).

    ``missing``: places whose value is not known, of columns that the model may miss; NaN in the
    row, whatever stands in ``values``. Raises ``ValueError`` naming the column: XGBoost would
    score infinities, NaN and permuted columns without a word.
    """
    if len(values) != len(columns):
        raise ValueError(f"{len(values)} values for {len(columns)} features")
    for place, (column, value) in enumerate(zip(columns, values, strict=True)):
        within = isfinite(value) and column.low <= value <= column.high
        if not within and place not in missing:
            raise ValueError(f"{column.name} must be in [{column.low}, {column.high}]")
    row = np.array([values], dtype=np.float32)
    if missing:
        row[0, sorted(missing)] = np.nan
    return row
