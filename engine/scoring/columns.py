"""What every kind of scorecard knows of its columns, and a row that is checked against them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from numbers import Real
from operator import le
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


#: Beyond it float32 is infinite, which XGBoost scores without a word.
LARGEST = float(np.finfo(np.float32).max)
_NUMBERS = {float, int}


class Gate:
    """What stands in front of a model: width, type and range of a row of its columns.

    Raises ``ValueError`` when it is made for a column whose range float32 cannot hold.
    """

    __slots__ = ("_columns", "_highs", "_lows", "_width")

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = tuple(columns)
        self._width = len(self._columns)
        # A value that was cut to its bound and is float32 already may lie a digit beyond it.
        self._lows = tuple(min(low, _float32(low)) for low in (c.low for c in self._columns))
        self._highs = tuple(max(high, _float32(high)) for high in (c.high for c in self._columns))
        for column, low, high in zip(self._columns, self._lows, self._highs, strict=True):
            if not -LARGEST <= low <= high <= LARGEST:
                raise ValueError(f"{column.name}: its range must be one of 32-bit floats")

    def row(self, values: Sequence[float], missing: Collection[int] = ()) -> Row:
        """One row, float32, shape (1, columns).

        ``missing``: places whose value is not known, of columns that the model may miss; NaN in
        the row, whatever stands in ``values``. Raises ``ValueError`` naming the column: XGBoost
        would score infinities, NaN and permuted columns without a word.
        """
        if len(values) != self._width:
            raise ValueError(f"{len(values)} values for {self._width} features")
        if missing:
            # A value that is in range stands in while the others are looked at.
            values = [
                low if n in missing else v
                for n, (v, low) in enumerate(zip(values, self._lows, strict=True))
            ]
        if not (
            _NUMBERS.issuperset(map(type, values))
            and all(map(le, self._lows, values))
            and all(map(le, values, self._highs))
        ):
            self._refuse(values)
        row = np.array([values], dtype=np.float32)
        if missing:
            row[0, sorted(missing)] = np.nan
        return row

    def _refuse(self, values: Sequence[float]) -> None:
        """Raise for the first value that is wrong; numbers of other types are numbers too."""
        for column, value, low, high in zip(
            self._columns, values, self._lows, self._highs, strict=True
        ):
            if isinstance(value, bool) or not isinstance(value, Real):
                kind = type(value).__name__
                raise ValueError(f"{column.name} must be a number, not {kind}")  # noqa: TRY004 - one kind of refusal
            if not low <= value <= high:
                raise ValueError(f"{column.name} must be in [{column.low}, {column.high}]")


def _float32(bound: float) -> float:
    with np.errstate(over="ignore"):
        return float(np.float32(bound))
