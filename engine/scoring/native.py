"""XGBoost's C interface for a few rows: the calls of its Python wrapper, without the wrapper.

``inplace_predict`` spends most of its time around the trees: it describes the array in JSON, makes
a proxy matrix, and wraps the answer in an array. Here each thread keeps a buffer, its description
and a proxy. The library, the trees and the digits are the same; ``engine.scoring.trees`` compares
them whenever a card is loaded.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable

import numpy as np
import xgboost as xgb
from xgboost import core

from engine.scoring.columns import Row

#: Releases whose wrapper was read; under any other one its own methods are called.
_READ = ("3.2.",)
#: Rows that a thread's buffer holds.
MOST_ROWS = 16

_Counts = ctypes.POINTER(ctypes.c_uint64)
_Floats = ctypes.POINTER(ctypes.c_float)
_P, _S = ctypes.c_void_p, ctypes.c_char_p
_Call = Callable[..., int]
_check_call = core._check_call  # noqa: SLF001 - raises the library's own message

_MARGIN = (
    b'{"type": 1, "training": false, "iteration_begin": 0, "iteration_end": 0, '
    b'"missing": NaN, "strict_shape": false, "cache_id": 0}'
)
_CONTRIBUTIONS = (
    b'{"type": 2, "training": false, "iteration_begin": 0, "iteration_end": 0, '
    b'"strict_shape": false}'
)
_MATRIX = b'{"missing": NaN, "nthread": 1, "data_split_mode": 0}'


def known() -> bool:
    """Whether this is a release whose C interface is called as here."""
    return xgb.__version__.startswith(_READ)


class Native:
    """Margins and contributions of one booster. Safe to share between threads.

    Raises ``AttributeError`` when it is made if the library lacks what is called, and
    ``XGBoostError`` as the wrapper does.
    """

    def __init__(self, booster: xgb.Booster) -> None:
        self._booster = booster  # Owns the handle.
        self._handle = booster.handle
        self._width = booster.num_features()
        self._functions = _Functions(core._LIB)  # noqa: SLF001 - compared at each load
        self._threads = _Threads(self._functions, self._width)

    def margins(self, rows: Row) -> list[float]:
        """The margin of each of at most ``MOST_ROWS`` rows, shape (rows, features)."""
        desk = self._threads
        count = desk.put(rows)
        _check_call(
            self._functions.predict_dense(
                self._handle, desk.described[count - 1], _MARGIN, desk.proxy.handle, *desk.answer
            )
        )
        return desk.answered(count, ())

    def contributions(self, row: Row) -> list[float]:
        """What each feature adds to the margin of one row, and last the part of nobody."""
        desk = self._threads
        desk.put(row)
        matrix = _P()
        _check_call(self._functions.create_matrix(desk.described[0], _MATRIX, ctypes.byref(matrix)))
        try:
            _check_call(
                self._functions.predict_matrix(self._handle, matrix, _CONTRIBUTIONS, *desk.answer)
            )
            return desk.answered(1, (self._width + 1,))
        finally:
            self._functions.free_matrix(matrix)


class _Functions:
    """Prototypes of our own: those of the wrapper are left as they are."""

    def __init__(self, library: ctypes.CDLL) -> None:
        answer = (ctypes.POINTER(_Counts), _Counts, ctypes.POINTER(_Floats))
        self.predict_dense = _function(
            library, "XGBoosterPredictFromDense", _P, _S, _S, _P, *answer
        )
        self.predict_matrix = _function(library, "XGBoosterPredictFromDMatrix", _P, _P, _S, *answer)
        self.create_matrix = _function(
            library, "XGDMatrixCreateFromDense", _S, _S, ctypes.POINTER(_P)
        )
        self.create_proxy = _function(library, "XGProxyDMatrixCreate", ctypes.POINTER(_P))
        self.free_matrix = _function(library, "XGDMatrixFree", _P)


def _function(library: ctypes.CDLL, name: str, *arguments: type) -> _Call:
    """``[]`` gives a function object of its own, where an attribute would be shared."""
    found = library[name]
    found.argtypes, found.restype = arguments, ctypes.c_int
    call: _Call = found
    return call


class _Proxy:
    """A proxy matrix: where XGBoost looks for a row. Freed with its thread."""

    def __init__(self, functions: _Functions) -> None:
        self.handle = _P()
        self._free = functions.free_matrix
        _check_call(functions.create_proxy(ctypes.byref(self.handle)))

    def __del__(self) -> None:
        if self.handle.value is not None:
            self._free(self.handle)
            self.handle.value = None


class _Threads(threading.local):
    """Of each thread: a buffer for rows, its descriptions for each number of them, the answer."""

    def __init__(self, functions: _Functions, width: int) -> None:
        self._rows = np.zeros((MOST_ROWS, width), dtype=np.float32)
        at = self._rows.ctypes.data
        self.described = tuple(
            b'{"data": [%d, true], "shape": [%d, %d], "typestr": "<f4", "version": 3}'
            % (at, count, width)
            for count in range(1, MOST_ROWS + 1)
        )
        self.proxy = _Proxy(functions)
        self._shape, self._dimensions, self._values = _Counts(), ctypes.c_uint64(), _Floats()
        self.answer = tuple(map(ctypes.byref, (self._shape, self._dimensions, self._values)))

    def put(self, rows: Row) -> int:
        """Copy the rows in, whatever their strides; how many there are."""
        count: int
        count, width = rows.shape
        if not 1 <= count <= MOST_ROWS or width != self._rows.shape[1] or rows.dtype != np.float32:
            raise ValueError(f"1 to {MOST_ROWS} rows of {self._rows.shape[1]} float32 are expected")
        self._rows[:count] = rows
        return count

    def answered(self, count: int, more: tuple[int, ...]) -> list[float]:
        """The numbers, which stay there until the thread's next prediction; copied."""
        wanted = (count, *more)
        if tuple(self._shape[: self._dimensions.value]) != wanted:
            raise ArithmeticError(f"XGBoost answered in another shape than {wanted}")
        return self._values[: count * (more[0] if more else 1)]
