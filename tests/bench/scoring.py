"""``python -m tests.bench.scoring``: the time of one score, beside other ways to evaluate trees.

XGBoost is the system of record. ONNX Runtime and compiled trees (treelite with tl2cgen) are
measured if they are installed, on the same rows in the same run, with how far they are from it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import numpy.typing as npt
import xgboost as xgb

from engine.scoring import Scorecard
from engine.scoring.columns import Row
from engine.scoring.features import vector
from engine.scoring.scorecard import checked_row
from tests.bureaus import CARD, shipped_bureaus

Way = Callable[[Row], float]


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each way."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scoring", description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000)
    options = parser.parse_args(arguments)
    os.environ["OMP_NUM_THREADS"] = "1"
    card = Scorecard.load(CARD)
    summaries = shipped_bureaus(options.rows)
    rows = [checked_row(_values(summary)) for summary in summaries]
    exact = [card.margin(row) for row in rows]
    print(f"{'one row, one thread':<46}{'p50 us':>9}{'p99 us':>9}  furthest from XGBoost")
    whole = [_timed(partial(card.score, summary)) for summary in summaries]
    _print("features, gate, margin, reasons: a whole score", whole, None)
    for name, way in _ours(card):
        _run(name, way, rows, exact)
    for name, made in (("ONNX Runtime", _onnx), ("treelite, compiled by tl2cgen", _compiled)):
        try:
            other = made(card.booster)
        except ImportError as error:
            print(f"{name:<46}skipped: {error.name or error} is not installed")
            continue
        _run(name, other, rows, exact)
    return 0


def _values(summary: object) -> tuple[float, ...]:
    found = vector(summary)  # type: ignore[arg-type]  # summaries of the shipped data
    if not isinstance(found, tuple):
        raise TypeError("every row of the shipped data can be scored")
    return found


def _ours(card: Scorecard) -> tuple[tuple[str, Way], ...]:
    return (
        ("Card.margin: inplace_predict", card.margin),
        ("predict(DMatrix)", lambda row: _by_matrix(card.booster, row)),
        ("contributions (SHAP values)", lambda row: _shown(card, row)),
    )


def _by_matrix(booster: xgb.Booster, row: Row) -> float:
    data = xgb.DMatrix(row, nthread=1)
    return float(booster.predict(data, output_margin=True, validate_features=False)[0])


def _shown(card: Scorecard, row: Row) -> float:
    data = xgb.DMatrix(row, nthread=1)
    parts = card.booster.predict(data, pred_contribs=True, validate_features=False)
    return float(parts.sum())


def _onnx(booster: xgb.Booster) -> Way:
    import onnxruntime  # type: ignore[import-not-found]
    from onnxmltools import convert_xgboost  # type: ignore[import-not-found]
    from onnxmltools.convert.common.data_types import (  # type: ignore[import-not-found]
        FloatTensorType,
    )

    # The converter knows columns as f0, f1, ... only.
    plain = booster.copy()
    plain.feature_names = [f"f{i}" for i in range(plain.num_features())]
    shape = [None, plain.num_features()]
    model = convert_xgboost(plain, initial_types=[("input", FloatTensorType(shape))])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    name = session.get_outputs()[1].name

    def way(row: Row) -> float:
        return _log_odds(float(np.asarray(session.run([name], {"input": row})[0]).ravel()[1]))

    return way


def _compiled(booster: xgb.Booster) -> Way:
    import tl2cgen  # type: ignore[import-not-found]
    import treelite  # type: ignore[import-not-found]

    model = treelite.frontend.from_xgboost(booster)
    library = Path(tempfile.mkdtemp()) / "trees.so"
    tl2cgen.export_lib(model, toolchain="gcc", libpath=str(library), params={})
    predictor = tl2cgen.Predictor(str(library), nthread=1)

    def way(row: Row) -> float:
        return float(np.ravel(predictor.predict(tl2cgen.DMatrix(row), pred_margin=True))[0])

    return way


def _log_odds(probability: float) -> float:
    return float(np.log(probability) - np.log1p(-probability))


def _run(name: str, way: Way, rows: list[Row], exact: list[float]) -> None:
    found = [way(row) for row in rows]
    times = [_timed(partial(way, row)) for row in rows]
    _print(name, times, max(abs(a - b) for a, b in zip(found, exact, strict=True)))


def _timed(call: Callable[[], object]) -> float:
    begin = time.perf_counter_ns()
    call()
    return (time.perf_counter_ns() - begin) / 1_000


def _print(name: str, times: list[float], furthest: float | None) -> None:
    ordered: npt.NDArray[np.float64] = np.sort(times)
    told = "" if furthest is None else f"{furthest:.1e}"
    last = ordered[int(0.99 * len(ordered))]
    print(f"{name:<46}{median(times):>9.1f}{last:>9.1f}  {told}")


if __name__ == "__main__":
    sys.exit(main())
