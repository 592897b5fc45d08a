"""``make bench-models DATA=DIR``: five folds of each data set that is in the directory.

On the same folds: XGBoost with its defaults, the classical WOE scorecard by optbinning and by our
own bins, the card of the spec without any sign, and the card as the spec has it. AUC, KS and Brier
are means over folds.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from engine.scoring.manifest import CrossValidation
from engine.training.baselines import classical, untuned
from engine.training.comparison import Folds, margins_by, margins_by_optbinning
from engine.training.optbinning import probe
from engine.training.read_spec import read_spec
from engine.training.sample import Sample, sample_of, without_signs
from engine.training.table import TrainingRefused, read_table
from engine.training.validate import Scored, calibrated_across, measure, out_of_fold

_HERE = Path(__file__).parent
NAMES = ("taiwan", "gmsc", "heloc", "pakdd2010", "south_german")

Card = tuple[str, Callable[[], Scored], Sample]


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 0 even if sets are missing, 2 if the directory is."""
    parser = argparse.ArgumentParser(prog="make bench-models", description=__doc__)
    parser.add_argument("data", type=Path, help="directory of the data sets")
    parser.add_argument("--only", choices=NAMES, action="append", help="one data set or more")
    parser.add_argument("--optbinning", type=Path, help="an interpreter that has it")
    options = parser.parse_args(arguments)
    if not options.data.is_dir():
        print(f"there is no directory {options.data}; say make bench-models DATA=DIR")
        return 2
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        told = "" if options.optbinning is None else f"optbinning {probe(options.optbinning)}\n"
    except TrainingRefused as error:
        print(error)
        return 2
    print(told, end="")
    print(f"{'set':<13}{'card':<26}{'AUC (sd)':<17}{'KS':<8}{'Brier':<9}seconds")
    for name in options.only or NAMES:
        _measure(name, options.data, options.optbinning)
    return 0


def _measure(name: str, directory: Path, optbinning: Path | None) -> None:
    spec = read_spec(_HERE / f"{name}.yaml")
    file = directory / spec.data.file
    if not file.is_file():
        print(f"{name:<13}skipped: {spec.data.file} is not in {directory}")
        return
    table = read_table(file, spec.data)
    signed, free = sample_of(spec, table), sample_of(without_signs(spec), table)
    cards: list[Card] = [
        ("XGBoost, its defaults", lambda: _baseline(free, margins_by(free, untuned)), free),
        ("WOE-LR, our bins", lambda: _baseline(free, margins_by(free, classical)), free),
        ("ours, no signs", lambda: out_of_fold(free), free),
        ("ours, signs of the spec", lambda: out_of_fold(signed), signed),
    ]
    if optbinning is not None:
        cards.insert(2, ("WOE-LR, optbinning", partial(_by_optbinning, free, optbinning), free))
    for told, run, sample in cards:
        begin = time.perf_counter()
        found = measure(run(), sample.labels.tolist(), told)
        _print(name, found, time.perf_counter() - begin)


def _baseline(sample: Sample, folds: Folds) -> Scored:
    """As ``out_of_fold``, by another way of fitting."""
    found, fold = [0.0] * len(sample.labels), [0] * len(sample.labels)
    for number, (test, margins) in enumerate(folds):
        for i, margin in zip(test.tolist(), margins, strict=True):
            found[i], fold[i] = margin, number
    pds = calibrated_across(found, fold, sample.labels.tolist())
    return Scored(np.arange(len(found)), tuple(found), tuple(fold), tuple(pds))


def _by_optbinning(sample: Sample, python: Path) -> Scored:
    return _baseline(sample, margins_by_optbinning(sample, python))


def _print(name: str, found: CrossValidation, seconds: float) -> None:
    auc = f"{found.auc_mean:.4f} ({found.auc_sd:.4f})"
    print(
        f"{name:<13}{found.protocol:<26}{auc:<17}{found.ks_mean:<8.4f}{found.brier_mean:<9.4f}"
        f"{seconds:.0f}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
