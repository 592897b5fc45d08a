"""The classical scorecard by optbinning, in an environment of its own (``make optbinning``).

optbinning brings solvers and an older protobuf: another interpreter runs it, files go between.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from engine.training.encode import Places
from engine.training.sample import Sample
from engine.training.table import TrainingRefused

TIMEOUT_SECONDS = 3_600
_PROBE_SECONDS = 600
_WORKER = Path(__file__).with_name("optbinning_worker.py")
_SHOWN = 300

Pairs = Sequence[tuple[Places, Places]]
"""Training and test rows of each fold."""


def probe(python: Path) -> str:
    """The version of optbinning there. ``TrainingRefused``: the interpreter has none."""
    return _run(
        python,
        ["-c", "import optbinning; print(optbinning.__version__)"],
        _PROBE_SECONDS,
        "is not a Python with optbinning; make one by `make optbinning`",
    ).strip()


def by_optbinning(python: Path, sample: Sample, pairs: Pairs) -> list[list[float]]:
    """Margins of the test rows of each fold. ``TrainingRefused``: it failed, or took an hour."""
    with TemporaryDirectory(prefix="touchstone-optbinning-") as directory:
        job, result = Path(directory) / "job.npz", Path(directory) / "result.npz"
        _write(job, sample, pairs)
        arguments = [str(_WORKER), str(job), str(result)]
        _run(python, arguments, TIMEOUT_SECONDS, "optbinning failed")
        with np.load(result, allow_pickle=False) as found:
            return [found[f"margins_{number}"].tolist() for number in range(len(pairs))]


def _write(job: Path, sample: Sample, pairs: Pairs) -> None:
    """Levels go as codes: their texts are nobody's business there."""
    numbers = sample.prepared.numbers.copy()
    for place, texts in sample.prepared.levels.items():
        numbers[:, place] = np.unique(texts.astype(str), return_inverse=True)[1]
    arrays: dict[str, Any] = {
        "numbers": numbers,
        "categories": np.array(sorted(sample.prepared.levels), dtype=np.int64),
        "labels": sample.labels,
    }
    if sample.weights is not None:
        arrays["weights"] = sample.weights
    for number, (train, test) in enumerate(pairs):
        arrays[f"train_{number}"], arrays[f"test_{number}"] = train, test
    np.savez(job, **arrays)


def _run(python: Path, arguments: Sequence[str], seconds: int, otherwise: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - the interpreter that the operator named
            [str(python), "-I", *arguments],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TrainingRefused(f"{python}: optbinning took more than {seconds} s") from None
    except OSError as error:
        raise TrainingRefused(f"{python}: cannot be run: {error.strerror}") from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["without a word"])[-1][:_SHOWN]
        raise TrainingRefused(f"{python}: {otherwise}: {said}")
    return done.stdout
