"""``make bench-scoring``: the time of one score, beside other ways to evaluate the same trees.

XGBoost is the system of record. ONNX Runtime and compiled trees (treelite with tl2cgen) are asked
for the same rows in the same run, and how far they are from it is told. The ways take turns, a few
rows each, so that a busy machine slows all of them.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import xgboost as xgb

from engine.model import Bureau
from engine.outcome import Outcome, ScoreResult
from engine.reasons import reason_from, score_reasons
from engine.rules import SCORE_FAMILIES, load_bundle
from engine.scoring import Assessed, Scorecard
from engine.scoring.columns import Row
from engine.scoring.trees import wrapped_contributions
from tests.bureaus import CARD, shipped_bureaus

Ask = Callable[[int], object]
"""Asks for the row of that number."""
_TURN = 50
_WARM = 20
_PLAIN = "inplace_predict"


@dataclass(slots=True)
class Way:
    """A way to score. ``margin``: whether its answer is one."""

    name: str
    ask: Ask
    margin: bool = True
    nanos: list[int] = field(default_factory=list)
    answers: list[object] = field(default_factory=list)

    def run(self, rows: range) -> None:
        """Ask for each row and keep time and answer."""
        for row in rows:
            begin = time.perf_counter_ns()
            answer = self.ask(row)
            self.nanos.append(time.perf_counter_ns() - begin)
            self.answers.append(answer)

    def furthest(self, exact: Sequence[float]) -> str:
        """The largest difference from the exact margins."""
        if not self.margin:
            return ""
        found = np.array(self.answers, dtype=np.float64)
        return f"{float(np.max(np.abs(found - np.array(exact)))):.1e}"


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each way."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scoring", description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--memory", type=int, default=0, metavar="SCORES")
    options = parser.parse_args(arguments)
    os.environ["OMP_NUM_THREADS"] = "1"
    card = Scorecard.load(CARD)
    summaries = shipped_bureaus(min(options.rows, 30_000))
    if options.memory:
        _memory(card, summaries, options.memory)
        return 0
    print("asked past the wrapper" if card.trees.native else "asked through the wrapper")
    assessed = [_assessed(card, summary) for summary in summaries]
    ways = list(_ways(card, summaries, [one.row for one in assessed]))
    for way in ways:
        for row in range(_WARM):
            way.ask(row)
    for first in range(0, len(summaries), _TURN):
        for way in ways:
            way.run(range(first, min(first + _TURN, len(summaries))))
    _report(ways, [one.margin for one in assessed])
    return 0


def _report(ways: Sequence[Way], exact: Sequence[float]) -> None:
    plain = next(np.median(way.nanos) for way in ways if way.name == _PLAIN)
    print(f"{'one row, one thread':<58}{'p50 us':>9}{'p99 us':>9}{'ratio':>8}  furthest")
    for way in ways:
        half, most = np.percentile(way.nanos, (50, 99)) / 1_000
        ratio = f"{half * 1_000 / plain:.2f}"
        print(f"{way.name:<58}{half:>9.1f}{most:>9.1f}{ratio:>8}  {way.furthest(exact)}")


def _assessed(card: Scorecard, summary: Bureau) -> Assessed:
    found = card.assess_bureau(summary)
    if not isinstance(found, Assessed):
        raise TypeError("every row of the shipped data can be scored")
    return found


def _ways(card: Scorecard, summaries: Sequence[Bureau], rows: Sequence[Row]) -> Iterator[Way]:
    booster = card.booster
    decline = _declined(card)
    yield Way(
        "an approval: features, gate, margin, points",
        lambda n: card.assess_bureau(summaries[n]),
        margin=False,
    )
    yield Way(
        "a decline: the same, contributions, reasons", lambda n: decline(summaries[n]), margin=False
    )
    yield Way("the margin alone, past the wrapper", lambda n: card.margin(rows[n]))
    yield Way(_PLAIN, lambda n: float(booster.inplace_predict(rows[n], predict_type="margin")[0]))
    yield Way("predict(DMatrix)", lambda n: _by_matrix(booster, rows[n]))
    yield Way(
        "contributions (SHAP values), past the wrapper",
        lambda n: sum(card.trees.contributions(rows[n])),
    )
    yield Way(
        "contributions: predict(DMatrix, pred_contribs=True)",
        lambda n: sum(wrapped_contributions(booster, rows[n])),
    )
    for name, made in (
        ("ONNX Runtime", _onnx),
        ("treelite, compiled by tl2cgen", _compiled),
    ):
        try:
            other = made(booster)
        except ImportError as error:
            print(f"{name}: skipped, {error.name} is not installed; see `make bench-scoring`")
            continue
        yield Way(name, lambda n, other=other: other(rows[n]))  # type: ignore[misc]


def _declined(card: Scorecard) -> Callable[[Bureau], object]:
    """A score, and its reasons from the catalogue of the shipped policy in both languages."""
    catalogue = load_bundle(CARD.parents[1]).reasons
    placeholder = reason_from(
        catalogue, SCORE_FAMILIES, source="rule:SCORE", outcome=Outcome.DECLINE
    )

    def decline(summary: Bureau) -> object:
        score = card.score(summary)
        assert isinstance(score, ScoreResult)
        return score_reasons(catalogue, placeholder, score)

    return decline


def _by_matrix(booster: xgb.Booster, row: Row) -> float:
    data = xgb.DMatrix(row, nthread=1)
    return float(booster.predict(data, output_margin=True, validate_features=False)[0])


def _onnx(booster: xgb.Booster) -> Callable[[Row], float]:
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


def _compiled(booster: xgb.Booster) -> Callable[[Row], float]:
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


def _memory(card: Scorecard, summaries: Sequence[Bureau], scores: int) -> None:
    """The resident memory over so many scores, every tenth with its contributions."""
    for done in range(scores + 1):
        if done % max(scores // 10, 1) == 0:
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
            print(f"{done:>10,} scores  {pages * os.sysconf('SC_PAGE_SIZE') / 2**20:8.1f} MiB")
        found = _assessed(card, summaries[done % len(summaries)])
        if done % 10 == 0:
            found.explained()


if __name__ == "__main__":
    sys.exit(main())
